"""Figures of statistics against their nulls."""
