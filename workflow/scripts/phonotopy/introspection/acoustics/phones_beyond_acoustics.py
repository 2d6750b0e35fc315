"""Phone maps of what the acoustics of tokens do not predict of responses."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.accumulate import Token
from phonotopy.activations.read import Cells

__all__ = ["TokenSums", "described"]

Floats = NDArray[np.float64]
SHORTEST_S = 0.001
PENALTY = 1e-3  # per token, of standardised acoustics: keeps the solution finite where two properties say the same


def described(contours: Floats, tokens: Sequence[Token], hop_s: float, usual: Floats) -> Floats:
    """Acoustics of tokens: means of contours ``(properties, frames)`` over defined frames, voicing, log duration.

    ``(tokens, properties + 2)``; what a token has no frame of is the speaker's `usual` value. The last property but
    those is the share of frames at which the first contour is defined.
    """
    rows = []
    for token in tokens:
        first = max(int(token.onset_s / hop_s + 0.5), 0)
        inside = contours[:, first : max(int(token.offset_s / hop_s + 0.5), first + 1)]
        known = np.isfinite(inside)
        number = known.sum(axis=1)
        mean = np.where(known, inside, 0).sum(axis=1) / np.maximum(number, 1)
        share = number[0] / max(inside.shape[1], 1)
        duration = np.log(max(token.offset_s - token.onset_s, SHORTEST_S))
        rows.append([*np.where(number > 0, mean, usual), share, duration])
    return np.array(rows, dtype=np.float64).reshape(len(tokens), len(contours) + 2)


class TokenSums:
    """Sums over tokens by speaker and phone of responses x, acoustics a, and their products."""

    def __init__(self, speakers: int, phones: int, units: int, acoustics: int) -> None:
        cells = (speakers, phones)
        self.n = np.zeros(cells)
        self.x, self.xx = (np.zeros((*cells, units)) for _ in range(2))
        self.a, self.aa = np.zeros((*cells, acoustics)), np.zeros((*cells, acoustics, acoustics))
        self.xa = np.zeros((*cells, units, acoustics))

    def add(self, speaker: int, phone: NDArray[np.int64], x: Floats, a: Floats) -> None:
        """Take in tokens of a speaker: responses ``(tokens, units)``, acoustics ``(tokens, acoustics)``."""
        for number in np.unique(phone):
            own, sound = x[phone == number], a[phone == number]
            cell = speaker, number
            self.n[cell] += len(own)
            self.x[cell] += own.sum(axis=0)
            self.xx[cell] += (own**2).sum(axis=0)
            self.a[cell] += sound.sum(axis=0)
            self.aa[cell] += sound.T @ sound
            self.xa[cell] += own.T @ sound

    def cells(self, phones: Sequence[str], speakers: Sequence[str], *, beyond: bool) -> Cells:
        """Moments of responses by speaker and phone, or of what acoustics leave of them.

        What a speaker's responses owe to acoustics is learned from the other speakers, in deviations from each
        speaker's means.
        """
        n = np.maximum(self.n, 1)[..., None]
        mean, m2 = self.x / n, self.xx - self.x**2 / n
        if beyond and len(self.n) > 1:
            found = [self._left(speaker, mean[speaker], m2[speaker]) for speaker in range(len(self.n))]
            mean, m2 = (np.stack(part) for part in zip(*found, strict=True))
        return Cells(tuple(phones), tuple(speakers), self.n, mean, np.maximum(m2, 0))

    def _left(self, speaker: int, mean: Floats, m2: Floats) -> tuple[Floats, Floats]:
        """Moments of the residuals of a speaker, ``(phones, units)`` each."""
        beta, n = self._taught(speaker), np.maximum(self.n[speaker], 1)
        own = self.a[speaker] / n[:, None]
        usual = self.a[speaker].sum(axis=0) / max(self.n[speaker].sum(), 1)
        within = self.aa[speaker] - np.einsum("pa,pb->pab", self.a[speaker], own)
        cross = self.xa[speaker] - np.einsum("pu,pa->pua", self.x[speaker], own)
        explained = np.einsum("ua,pab,ub->pu", beta, within, beta, optimize=True)
        there = self.n[speaker, :, None] > 0
        return (
            np.where(there, mean - (own - usual) @ beta.T, 0),
            np.where(there, m2 - 2 * np.einsum("pua,ua->pu", cross, beta) + explained, 0),
        )

    def _taught(self, speaker: int) -> Floats:
        """Coefficients ``(units, acoustics)`` from the other speakers."""
        others = [one for one in range(len(self.n)) if one != speaker and self.n[one].sum()]
        n = self.n[others].sum(axis=1)
        x, a = self.x[others].sum(axis=1), self.a[others].sum(axis=1)
        aa = self.aa[others].sum(axis=(0, 1)) - np.einsum("sa,sb->ab", a, a / n[:, None])
        xa = self.xa[others].sum(axis=(0, 1)) - np.einsum("su,sa->ua", x, a / n[:, None])
        scale = np.sqrt(np.maximum(aa.diagonal() / n.sum(), 1e-12))
        normal = aa / np.outer(scale, scale) + PENALTY * n.sum() * np.eye(len(scale))
        return np.asarray(np.linalg.solve(normal, (xa / scale).T).T / scale)
