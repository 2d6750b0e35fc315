"""What single units answer to, and the same under other labels."""
