"""Pages that people read in a browser: the answer, figures and tables, the report, and the site of a run."""
