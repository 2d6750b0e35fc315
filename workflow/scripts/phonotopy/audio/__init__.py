"""Recordings: formats, whether a file is whole, and its samples."""
