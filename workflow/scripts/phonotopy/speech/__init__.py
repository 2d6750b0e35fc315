"""Audio, transcripts, phone intervals and features."""
