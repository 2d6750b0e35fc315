"""Which responses of which units a prediction uses, token by token."""
