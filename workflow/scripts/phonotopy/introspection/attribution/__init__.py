"""Methods of attribution, compared: where in its input a recogniser finds what it spells."""
