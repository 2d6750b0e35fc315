"""Figures that show units at their positions on the grid."""
