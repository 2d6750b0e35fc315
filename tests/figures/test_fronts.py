"""The figure of all ways to get a map shows what the table of the comparison says, of few conditions and of many."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from checklist import legends_of, test_legends_list_what_is_drawn_and_nothing_else
from drawings import (
    test_every_axis_with_ticks_says_what_it_shows,
    test_figures_have_a_column_width_and_a_page_height,
    test_texts_are_legible_within_the_page_and_apart,
)
from phonotopy.comparisons.comparison import ALL, TABLE, comparison
from phonotopy.comparisons.maps import front
from phonotopy.core.grid import Grid
from phonotopy.core.tables import read_table, write_table
from phonotopy.figures import style
from phonotopy.figures.statistics import fronts as module
from phonotopy.figures.statistics.fronts import COLUMNS, looks
from phonotopy.figures.trainings import Row, Training
from phonotopy.organisation.response_autocorrelation import largest_rank, limit_rows, spectrum
from phonotopy.spatial.lattice import Lattice
from preflight.conditions import resolve

__all__ = [
    "test_every_axis_with_ticks_says_what_it_shows",
    "test_figures_have_a_column_width_and_a_page_height",
    "test_legends_list_what_is_drawn_and_nothing_else",
    "test_texts_are_legible_within_the_page_and_apart",
]
ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow
GRID = Grid(16, 16)
LAYERS = range(1, 6)
ORDER = {"none": 0.0, "filter_similarity": 0.45, "laplacian_pyramid": 0.4, "activation_similarity": 0.5,
         "response_target": 0.55, "response_kernel exponential": 0.53, "response_kernel gaussian": 0.6,
         "shuffled": 0.0, "pca": 0.12, "som": 0.28, "tsne": 0.27, "umap": 0.25, "force": 0.2, "swarm": 0.21,
         "annealed": 0.36}  # fmt: skip


@cache
def settings() -> Any:
    """Those of the preset."""
    whole, own = (
        yaml.safe_load((ROOT / name).read_text("utf-8")) for name in ("config.yaml", "presets/comparison.yaml")
    )
    training = whole["training"] | own["training"]
    return {"training": training, "conditions": whole["conditions"] | own["conditions"], "run": own["run"]}


@cache
def curve() -> Any:
    """Eigenvalues that bound the rank of responses on the grid."""
    return spectrum(Lattice.of(GRID))


def maps(names: tuple[str, ...], seeds: int) -> list[Row]:
    """Rows of maps.tsv: order by method and weight, for errors and rank; a layout has those of what it lays out."""
    random, rows = np.random.default_rng(3), []
    defined = resolve({**settings(), "run": [*names]})
    for place, name in enumerate(names):
        one, below = defined[name], defined[defined[name].origin]
        for seed in range(seeds):
            for layer in LAYERS:
                order = ORDER[one.method] + 0.02 * (place % 3) + 0.02 * random.normal() - 0.03 * (layer == 5)
                seen = np.clip(0.8 * order, 0.0, 0.8)
                limit = largest_rank(curve(), seen)
                own = ORDER[below.method]
                row: Row = {"condition": name, "seed": seed, "layer": layer, "morans_i": order}
                row |= {"letter_error_rate": 0.135 + 0.02 * own + 0.0005 * seed}
                row |= {"effective_rank_share": 1.6 - 1.5 * own + 0.05 * random.normal(), "limit_rank": limit}
                row |= {"effective_rank": 60 - 50 * own, "response_morans_i": seen, "limit_share": 0.3 + 0.4 * own}
                row |= {"letter_error_rate_dev": 0.12, "label_shift_excess": 0.1, "trustworthiness": 0.7}
                rows.append(row | {"far_correlation": 0.0, "agreement": 0.1})
    for layer in LAYERS:
        here = [row for row in rows if row["layer"] == layer]
        best = front(here)
        for row in here:
            row |= {"front": best[row["condition"]], "response_rank": row["limit_share"] * row["limit_rank"]}
    return rows


def table(folder: Path, names: tuple[str, ...], seeds: int, reference: str | None = "control") -> list[Row]:
    """The rows as the figure reads them."""
    found = resolve({**settings(), "run": [*names]})
    ways = {name: (found[name].kind, found[name].method) for name in names}
    origins = {name: found[name].origin for name in names}
    grids = {(name, seed, layer): (16, 16) for name in names for seed in range(seeds) for layer in LAYERS}
    given: dict[str, Any] = {"margin": 0.01, "bootstraps": 199, "seed": 0}
    rows = comparison("speech", maps(names, seeds), grids, ways, origins, reference, **given)
    write_table(folder / "comparison.tsv", TABLE.columns, rows)
    return read_table(folder / "comparison.tsv", COLUMNS)


def drawing(rows: list[Row], names: tuple[str, ...]) -> Figure:
    points = [{**row, "layer": layer} for layer in LAYERS for row in limit_rows(np.ones(256, bool), GRID)]
    return module.draw(rows, style.Conditions.of(names, ["control"]), {Training(name, 0): points for name in names})


def all_names() -> tuple[str, ...]:
    return tuple(settings()["run"])


@pytest.fixture(scope="module", params=["all", "three", "no layout, two seeds", "without the control"])
def every_figure(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Figure]:
    """The figure of the preset and of smaller runs, for what holds for every figure."""
    names, seeds = {
        "all": (all_names(), 6),
        "three": (("control", "gaussian_60", "control_annealed"), 6),
        "no layout, two seeds": (("control", "filters_2", "filters_5"), 2),
        "without the control": (("filters_2", "gaussian_60", "gaussian_60_annealed"), 2),
    }[request.param]
    folder = tmp_path_factory.mktemp("tables")
    return {"fronts": drawing(table(folder, names, seeds), names)}


# What it shows


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    return table(tmp_path_factory.mktemp("whole"), all_names(), 6)


@pytest.fixture(scope="module")
def whole(rows: list[Row]) -> Figure:
    return drawing(rows, all_names())


def cells(rows: list[Row], measure: str, layer: str, column: str = "mean") -> dict[str, float]:
    return {row["condition"]: row[column] for row in rows if (row["measure"], row["layer"]) == (measure, layer)}


def points(axes: Axes) -> list[tuple[float, float]]:
    """Of all conditions, in their order; rings and lines apart."""
    marks = [line for line in axes.lines if line.get_marker() != "None" and line.get_markersize() < 9]
    return [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in marks]


def test_every_condition_is_at_what_the_table_says(rows: list[Row], whole: Figure) -> None:
    price, share, *layers = whole.axes
    order = cells(rows, "morans_i", ALL)
    difference = cells(rows, "letter_error_rate", "", "difference")
    expected = [(order[n], 100 * difference[n] if n != "control" else 0.0) for n in all_names()]
    np.testing.assert_allclose(points(price), expected)
    ranks = cells(rows, "effective_rank_share", ALL)
    np.testing.assert_allclose(points(share), [(order[n], ranks[n]) for n in all_names()])
    for layer, axes in zip(LAYERS, layers, strict=True):
        seen, rank = (cells(rows, name, str(layer)) for name in ("response_morans_i", "response_rank"))
        np.testing.assert_allclose(points(axes), [(seen[n], rank[n]) for n in all_names()])


def test_bars_are_the_intervals_of_the_table(rows: list[Row], whole: Figure) -> None:
    share = whole.axes[1]
    bars = [line.get_xdata() for line in share.lines if line.get_marker() == "None" and line.get_linewidth() == 0.6]
    low, high = (cells(rows, "morans_i", ALL, column) for column in ("low", "high"))
    assert [tuple(bar) for bar in bars[::2]] == [(low[n], high[n]) for n in all_names()]


def test_rings_are_around_the_front_and_nothing_else(rows: list[Row], whole: Figure) -> None:
    order, front_of = (cells(rows, "morans_i", ALL, column) for column in ("mean", "front"))
    assert 0 < sum(front_of.values()) < len(front_of)
    for axes in whole.axes[:2]:
        rings = [float(line.get_xdata()[0]) for line in axes.lines if line.get_markersize() > 9]
        assert sorted(rings) == sorted(order[n] for n in all_names() if front_of[n])


def test_all_responses_are_below_the_curve_of_their_limit(whole: Figure) -> None:
    for axes in whole.axes[2:]:
        (limit,) = [line for line in axes.lines if line.get_gid() == "limit"]
        bound = np.interp([x for x, _ in points(axes)], *limit.get_data())
        assert (np.array([y for _, y in points(axes)]) < bound * 1.001).all()


def test_conditions_differ_by_more_than_their_colour(rows: list[Row]) -> None:
    found = looks(rows, style.Conditions.of(all_names(), ["control"]))
    seen = {(one.marker, one.hollow, round(one.size, 3)) for one in found.values()}
    assert len(seen) == len(found)
    objectives = {one.method: one.colour for one in found.values() if not one.hollow and one.method[1] != "none"}
    assert len({*objectives.values()}) == len(objectives) == 6, "a colour for each objective and shape of its kernel"
    assert {name for name, one in found.items() if one.hollow} == {
        n for n in all_names() if n.startswith("control_")
    } | {"gaussian_60_annealed"}
    assert to_hex(found["control_pca"].colour) == to_hex(found["control"].colour) == style.CONTROL
    assert found["gaussian_60_annealed"].colour == found["gaussian_60"].colour, "that of what it lays out"
    assert found["filters_2"].size < found["filters_5"].size


def test_the_legend_is_complete(whole: Figure) -> None:
    (legend,) = legends_of(whole)
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts[: len(all_names())] == list(all_names())
    assert texts[len(all_names()) :] == [
        "filled: as trained",
        "hollow: laid out afterwards",
        "none is better in all three (a, b)",
        "95 % interval over seeds",
        "c: largest rank possible",
    ]


def test_without_a_reference_there_is_no_price(tmp_path: Path) -> None:
    names = ("filters_2", "gaussian_60", "gaussian_60_annealed")
    figure = drawing(table(tmp_path, names, 2, None), names)
    assert [text.get_text() for text in figure.axes[0].texts] == ["nothing to compare"]
    assert len(points(figure.axes[1])) == 3


def test_so_few_seeds_have_no_intervals(tmp_path: Path) -> None:
    names = ("control", "filters_2", "filters_5")
    figure = drawing(table(tmp_path, names, 5), names)
    assert "95 % interval over seeds" not in [text.get_text() for text in legends_of(figure)[0].get_texts()]
    bars = [np.asarray(line.get_data()) for line in figure.axes[0].lines if line.get_linewidth() == 0.6]
    assert len(bars) == 2 * len(names) and not any(np.isfinite(bar).all() for bar in bars)
