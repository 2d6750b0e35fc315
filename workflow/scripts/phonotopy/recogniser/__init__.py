"""The speech recogniser whose filters stand on a grid."""
