"""Responses of any torch module: of a bundle of torchaudio, or of a file of one's own."""
