"""Selectivity of units and the spatial statistics of their maps."""
