"""Simulated speech: tokens in words and utterances, what they sound like, and responses of units on a grid to them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from phonotopy.activations.read import Tokens
from phonotopy.core.grid import Grid

__all__ = ["Design", "Speech", "noise", "of_acoustics", "of_phones", "smoothed", "speech"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
RARITY = 2  # a word of rank r is said in proportion to 1 / (r + RARITY)
SHORTEST, LONGEST = 2, 4  # words, in phones


class Design(NamedTuple):
    """How much is said, and what it sounds like.

    Every speaker says `utterances` of `words` words from a `lexicon`. Tokens have `dimensions` of acoustics: that of
    their phone, with standard deviation 1 over phones, `coarticulation` times that of the phones before and after,
    and of the speaker and the token `overlap` each, in standard deviations: at 1, neighbouring phones overlap widely.
    """

    phones: int = 6
    speakers: int = 8
    utterances: int = 4
    words: int = 5
    lexicon: int = 12
    dimensions: int = 3
    overlap: float = 0.7
    coarticulation: float = 0.3


class Speech(NamedTuple):
    """Tokens in time order, the word of the lexicon to which each belongs ``(tokens,)``, and its sound.

    `acoustics` is ``(tokens, dimensions)``; `tokens` count speakers as sampling units.
    """

    tokens: Tokens
    word: Indices
    acoustics: Floats


def speech(random: np.random.Generator, design: Design | None = None) -> Speech:
    """What speakers say: words follow one another independently, phones within them never."""
    design = design or Design()
    lexicon = _lexicon(random, design)
    shares = 1 / (np.arange(design.lexicon) + 1 + RARITY)
    said = random.choice(design.lexicon, design.speakers * design.utterances * design.words, p=shares / shares.sum())
    phone = np.concatenate([lexicon[word] for word in said])
    lengths = np.array([len(lexicon[word]) for word in said])
    utterance = np.repeat(np.arange(len(said)) // design.words, lengths)
    speaker = utterance // design.utterances
    names = tuple(map(str, range(design.phones))), tuple(map(str, range(design.speakers)))
    tokens = Tokens(*names, phone, speaker, speaker, utterance)
    return Speech(tokens, np.repeat(said, lengths), _acoustics(random, tokens, design))


def _lexicon(random: np.random.Generator, design: Design) -> list[Indices]:
    """Words of `SHORTEST` to `LONGEST` phones, in which all phones are about equally frequent."""
    lengths = random.integers(SHORTEST, LONGEST + 1, design.lexicon)
    rounds = -(-lengths.sum() // design.phones)
    phones = np.concatenate([random.permutation(design.phones) for _ in range(rounds)])
    return np.split(phones[: lengths.sum()], np.cumsum(lengths)[:-1])


def _acoustics(random: np.random.Generator, tokens: Tokens, design: Design) -> Floats:
    centres = random.normal(size=(design.phones, design.dimensions))
    voices = design.overlap * random.normal(size=(design.speakers, design.dimensions))
    own = centres[tokens.phone]
    within = (np.diff(tokens.utterance) == 0)[:, None]
    around = np.zeros_like(own)
    around[1:] += np.where(within, own[:-1], 0)
    around[:-1] += np.where(within, own[1:], 0)
    spread = design.overlap * random.normal(size=own.shape)
    return own + design.coarticulation * around + voices[tokens.speaker] + spread


# Responses ``(tokens, units)``, to be added up with weights and turned into float32. Each unit has mean 0 and standard
# deviation 1 over tokens: expected of noise, exactly otherwise.


def smoothed(values: Floats, grid: Grid, radius: float) -> Floats:
    """White `values` ``(…, units)`` blurred by a Gaussian of `radius` grid steps; they keep their variance."""
    if radius == 0:
        return values
    kernel = np.exp(-((grid.distances / radius) ** 2) / 2)
    return np.asarray(values @ (kernel / np.linalg.norm(kernel, axis=0)))


def noise(
    random: np.random.Generator, spoken: Speech, grid: Grid, *, radius: float = 1.0, memory: float = 0.7
) -> Floats:
    """What knows nothing of speech: smooth over the grid, and along an utterance with `memory` of the last token.

    `memory` is the coefficient of an autoregressive process that begins anew, in its stationary state, with every
    utterance.
    """
    utterance = spoken.tokens.utterance
    first = np.flatnonzero(np.diff(utterance, prepend=-1))
    within = np.arange(len(utterance)) - np.repeat(first, np.diff(first, append=len(utterance)))
    number = np.cumsum(within == 0) - 1
    white = random.normal(size=(len(first), within.max() + 1, grid.units))
    white[:, 1:] *= np.sqrt(1 - memory**2)
    return smoothed(np.asarray(lfilter([1.0], [1.0, -memory], white, axis=1))[number, within], grid, radius)


def of_acoustics(random: np.random.Generator, spoken: Speech, grid: Grid, *, radius: float = 1.0) -> Floats:
    """What follows the sound alone: rectified directions of the acoustics that change smoothly over the grid."""
    acoustics = (spoken.acoustics - spoken.acoustics.mean(axis=0)) / spoken.acoustics.std(axis=0)
    directions = smoothed(random.normal(size=(acoustics.shape[1], grid.units)), grid, radius)
    return _scaled(np.maximum(acoustics @ directions, 0))


def of_phones(random: np.random.Generator, spoken: Speech, grid: Grid, *, radius: float = 1.0) -> Floats:
    """What follows the phone, however it sounds: a mean for each phone that changes smoothly over the grid.

    Phones overlap in their acoustics, which predict this only in part.
    """
    means = smoothed(random.normal(size=(len(spoken.tokens.phones), grid.units)), grid, radius)
    return _scaled(means[spoken.tokens.phone])


def _scaled(values: Floats) -> Floats:
    return np.asarray((values - values.mean(axis=0)) / values.std(axis=0))
