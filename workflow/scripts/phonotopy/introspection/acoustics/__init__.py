"""Which acoustics units and layers follow."""
