"""Correlations of responses with contours at several lags, from sums over the frames of a speaker."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["CONTROLS", "FEWEST_FRAMES", "LaggedSums", "correlation"]

Floats = NDArray[np.float64]
CONTROLS = ("none", "intensity", "phone")  # what is held constant
FEWEST_FRAMES = 50  # of a speaker in which a property is defined
LEAST = 1e-5  # of the sum of squares: less than that is no variance but rounding


@dataclass
class LaggedSums:
    """Sums over frames of responses x ``(units,)`` and of contours y and intensity i ``(lags · properties,)``.

    `phones` many groups of frames, of which a frame is in one; all arrays begin with the group. Frames at which a
    contour is undefined are in none of its sums. Where `controlled` is false, nothing can be held constant.
    """

    units: int
    pairs: int
    phones: int
    controlled: bool
    found: dict[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        groups = self.phones if self.controlled else 1
        narrow, wide = (groups, self.pairs), (groups, self.units, self.pairs)
        names = {"n": narrow, "y": narrow, "yy": narrow, "x": wide, "xx": wide[1:], "xy": wide[1:]}
        names |= {"i": narrow[1:], "ii": narrow[1:], "iy": narrow[1:], "xi": wide[1:]} if self.controlled else {}
        self.found = {name: np.zeros(shape) for name, shape in names.items()}

    def add(
        self, x: NDArray[np.float32], y: NDArray[np.float32], i: NDArray[np.float32], phone: NDArray[np.int64]
    ) -> None:
        """Take in frames: responses ``(frames, units)``, contours and intensity ``(frames, pairs)``, NaN undefined."""
        known = np.isfinite(y) & np.isfinite(i)
        y, i, mask = np.where(known, y, 0), np.where(known, i, 0), known.astype(np.float32)
        sums = self.found
        sums["xy"] += x.T @ y
        sums["xx"] += (x * x).T @ mask
        for group in np.unique(phone) if self.controlled else (0,):
            inside = phone == group if self.controlled else slice(None)
            sums["n"][group] += mask[inside].sum(axis=0)
            sums["y"][group] += y[inside].sum(axis=0)
            sums["yy"][group] += (y[inside] ** 2).sum(axis=0)
            sums["x"][group] += x[inside].T @ mask[inside]
        if self.controlled:
            sums["xi"] += x.T @ i
            for name, product in (("i", i), ("ii", i * i), ("iy", i * y)):
                sums[name] += product.sum(axis=0)

    def z(self, control: str) -> Floats:
        """Fisher's z of the correlations ``(units, pairs)``, NaN where they are not defined."""
        n, x, y = (self.found[name].sum(axis=0) for name in ("n", "x", "y"))
        with np.errstate(divide="ignore", invalid="ignore"):
            r = self._within() if control == "phone" else self._plain(n, x, y)
            if control == "intensity":
                r = self._partial(r, n, x, y)
        return np.where(n >= FEWEST_FRAMES, np.arctanh(np.clip(r, -1 + 1e-9, 1 - 1e-9)), np.nan)

    def _plain(self, n: Floats, x: Floats, y: Floats) -> Floats:
        sums = self.found
        return correlation(sums["xy"] - x * y / n, sums["xx"] - x**2 / n, sums["yy"].sum(axis=0) - y**2 / n, sums["xx"])

    def _within(self) -> Floats:
        """The correlation of deviations from the means of phones."""
        n, sums = np.maximum(self.found["n"], 1), self.found
        xy = sums["xy"] - np.einsum("guv,gv->uv", sums["x"], sums["y"] / n)
        xx = sums["xx"] - np.einsum("guv,guv->uv", sums["x"], sums["x"] / n[:, None])
        yy = (sums["yy"] - sums["y"] ** 2 / n).sum(axis=0)
        return correlation(xy, xx, yy, sums["xx"])

    def _partial(self, r: Floats, n: Floats, x: Floats, y: Floats) -> Floats:
        """The correlation of what intensity at the same time does not predict linearly; NaN of intensity itself."""
        sums, yy = self.found, self.found["yy"].sum(axis=0) - y**2 / n
        ii = sums["ii"] - sums["i"] ** 2 / n
        with_x = correlation(sums["xi"] - x * sums["i"] / n, sums["xx"] - x**2 / n, ii, sums["xx"])
        with_y = (sums["iy"] - sums["i"] * y / n) / np.sqrt(ii * yy)
        left = (1 - with_x**2) * (1 - with_y**2)
        return np.where(1 - with_y**2 > LEAST, (r - with_x * with_y) / np.sqrt(left), np.nan)


def correlation(xy: Floats, xx: Floats, yy: Floats, raw: Floats) -> Floats:
    """Correlations from centred sums; NaN where x hardly varies beside its `raw` sum of squares."""
    return np.where(xx > LEAST * raw, xy / np.sqrt(xx * yy), np.nan)
