"""Layouts after the fact, a module each: positions for the units of a condition that others have trained."""
