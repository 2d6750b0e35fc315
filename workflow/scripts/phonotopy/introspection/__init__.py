"""What units compute: methods that need weights, and the measures of units that they give."""
