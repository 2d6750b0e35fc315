"""Samples instead of mel bands: how they are cut, which layer looks at them, how they are varied in training."""
