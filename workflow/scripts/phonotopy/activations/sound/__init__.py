"""What tokens sound like, whatever responds to them."""
