"""What drives a region of the map, as sound."""
