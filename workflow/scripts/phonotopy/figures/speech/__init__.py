"""Figures of the corpus and its alignment."""
