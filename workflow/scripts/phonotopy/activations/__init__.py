"""Responses of units to phones: made from a recogniser, taken from elsewhere, read by every statistic."""
