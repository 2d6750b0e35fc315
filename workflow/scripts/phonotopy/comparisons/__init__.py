"""Trainings beside each other: conditions, seeds and depth."""
