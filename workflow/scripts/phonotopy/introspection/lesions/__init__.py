"""Virtual lesions: what a network can no longer spell where units are silent."""
