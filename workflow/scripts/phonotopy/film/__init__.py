"""The map that moves: responses of all layers in step with the sound."""
