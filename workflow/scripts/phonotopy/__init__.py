"""Topographic maps of a convolutional speech recogniser, and the statistics that test them."""
