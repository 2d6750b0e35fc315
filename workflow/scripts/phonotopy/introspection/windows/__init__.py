"""Integration windows: how long a stretch of speech a unit's response depends on."""
