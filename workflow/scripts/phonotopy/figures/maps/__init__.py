"""Figures that show units at their places on the grid."""
