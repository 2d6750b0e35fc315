"""Phone intervals of a corpus: by which method, how good, and what was left out."""
