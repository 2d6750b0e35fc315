"""What units respond to, and what neighbours have in common, on account of sound, phone, word and speaker."""
