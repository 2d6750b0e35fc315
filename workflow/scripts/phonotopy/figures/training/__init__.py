"""Figures of trainings and recognition."""
