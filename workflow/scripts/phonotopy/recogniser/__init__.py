"""The speech recogniser whose filters stand on a grid: features, network, training, recognition."""
