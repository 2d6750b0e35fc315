"""What is said when: transcripts, intervals, tiers, TextGrids, labels and pronunciations."""
