"""What a run reports while it is at work."""
