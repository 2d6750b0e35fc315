"""The speech recogniser whose filters are arranged on a grid: features, network, training, recognition."""
