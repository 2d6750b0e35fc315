"""Figures of what units compute."""
