"""Which frequencies the filters of the first hidden layer pass."""
