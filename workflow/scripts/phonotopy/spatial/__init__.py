"""Statistics of maps on the grid."""
