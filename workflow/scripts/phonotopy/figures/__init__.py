"""Figures, drawn from tables only."""
