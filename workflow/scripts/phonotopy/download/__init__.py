"""Published corpora: downloads into a shared cache, and unpack."""
