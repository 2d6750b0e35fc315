"""Topographic objectives, a module each: what makes neighbouring filters, or their responses, resemble each other."""
