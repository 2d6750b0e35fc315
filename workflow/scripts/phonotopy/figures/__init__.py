"""Figures, made from tables only."""
