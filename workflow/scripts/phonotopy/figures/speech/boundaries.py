"""How far the onsets of two accounts of the same speech lie apart."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from phonotopy.alignment.boundaries import Boundary, read_boundaries
from phonotopy.figures import style
from phonotopy.figures.material import Material
from phonotopy.figures.palette import METHODS

__all__ = ["draw", "figure"]

LONGEST_MS = 150.0  # of the histogram
BIN_MS = 5.0
GUIDES_MS = (10, 20, 50)
LEAST_MS, MOST_MS = 1.0, 1000.0  # of the cumulative curve


def figure(material: Material) -> Figure:
    """The figure of the tables of a run: of as many accounts of onsets as it has."""
    paths = [path for paths in material.tables.values() for path in paths]
    return draw([boundary for path in paths for boundary in read_boundaries(path)])


def draw(boundaries: Sequence[Boundary]) -> Figure:
    """Draw the share of onsets within a distance, and signed distances, one line per pair of accounts and kind."""
    pairs = list(dict.fromkeys((own.kind, own.method, own.reference) for own in boundaries))
    with style.styled():
        figure = style.page("double", 66, arranged=True)
        shares, signed = figure.subplots(1, 2)
        for index, pair in enumerate(pairs):
            errors = _errors(boundaries, pair)
            colour = METHODS[index % len(METHODS)]
            label = f"{pair[0]} onsets: {_words(pair[1])} − {_words(pair[2])}"
            _cumulative(shares, errors, colour, label)
            _histogram(signed, errors, colour)
        _arrange(shares, signed)
        if pairs:
            figure.legend(*shares.get_legend_handles_labels(), loc="outside upper left", ncols=2, columnspacing=1.2)
        return figure


def _words(account: str) -> str:
    return account.replace("_", " ")


def _errors(boundaries: Sequence[Boundary], pair: tuple[str, str, str]) -> NDArray[np.float64]:
    mine = (own.error_ms for own in boundaries if (own.kind, own.method, own.reference) == pair)
    return np.array([error for error in mine if error is not None])


def _cumulative(axes: Axes, errors: NDArray[np.float64], colour: str, label: str) -> None:
    distances = np.sort(np.abs(errors)).clip(LEAST_MS, MOST_MS)
    shares = 100 * np.arange(1, len(distances) + 1) / max(len(distances), 1)
    axes.step([LEAST_MS, *distances], [0.0, *shares], where="post", color=colour, label=label)


def _histogram(axes: Axes, errors: NDArray[np.float64], colour: str) -> None:
    edges = np.arange(-LONGEST_MS, LONGEST_MS + BIN_MS, BIN_MS)
    counts, _ = np.histogram(errors, edges)
    axes.stairs(100 * counts / max(len(errors), 1), edges, color=colour)


def _arrange(shares: Axes, signed: Axes) -> None:
    style.letter(shares, "a")
    style.letter(signed, "b")
    for guide in GUIDES_MS:
        shares.axvline(guide, color=style.FAINT, linewidth=0.6, zorder=0)
    ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
    shares.set(xscale="log", xlim=(LEAST_MS, MOST_MS), ylim=(0, 101))
    shares.set(xlabel="Distance of onsets (ms, log scale)", ylabel="Onsets within it (%)")
    shares.set_xticks(ticks, [str(tick) for tick in ticks])
    shares.minorticks_off()
    signed.axvline(0, color=style.FAINT, linewidth=0.6, zorder=0)
    signed.set(xlim=(-LONGEST_MS, LONGEST_MS), xlabel="Method later by (ms)", ylabel=f"Onsets (% in {BIN_MS:.0f} ms)")
    signed.set_ylim(bottom=0)
