"""When maps stand out, relative to the onset of a phone."""
