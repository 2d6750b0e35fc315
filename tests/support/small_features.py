"""Small made-up features for tests of the recogniser."""

import numpy as np

from phonotopy.recogniser.features import FeatureIndex, Segment

WORDS = ("red sun", "a blue sea", "dark wind", "seven")


def made_up(
    frames: int = 90, bands: int = 12, copies: int = 1, splits: tuple[str, ...] = ("train", "dev")
) -> FeatureIndex:
    """The same four sentences in every split and copy; letters have spectra, so that they can be learned."""
    random = np.random.default_rng(5)
    spectra = {letter: random.normal(size=bands) for letter in "abcdefghijklmnopqrstuvwxyz "}
    arrays, segments, first = [], [], 0
    for split in splits:
        for copy in range(copies):
            for number, words in enumerate(WORDS):
                length = frames - 7 * number
                indices = np.minimum(np.arange(length) * len(words) // length, len(words) - 1)
                array = np.stack([spectra[words[index]] for index in indices]) + 0.1 * random.normal(
                    size=(length, bands)
                )
                segments.append(Segment(f"s{copy}-{split}-{number}", f"s{copy}", split, first, length, words))
                arrays.append(array.astype(np.float32))
                first += length
    return FeatureIndex(np.concatenate(arrays), tuple(segments))
