"""What a run tells while it is at work."""
