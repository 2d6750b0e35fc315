"""Utterances of a corpus: synthesised, collected from recordings, or those of LibriSpeech."""
