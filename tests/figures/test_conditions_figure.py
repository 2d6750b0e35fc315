"""The figure of differences says what the table says, with few seeds and many."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from drawings import visible_texts
from phonotopy.comparisons.conditions import MEASURES, RATES, TABLE, conditions
from phonotopy.core.tables import read_table, write_table
from phonotopy.figures import style
from phonotopy.figures.statistics import conditions as module
from phonotopy.figures.trainings import Row


def tables(seeds: int, names: tuple[str, ...]) -> tuple[list[Row], list[Row]]:
    random, recognition, topography = np.random.default_rng(2), [], []
    for index, condition in enumerate(names):
        for seed in range(seeds):
            identity = {"condition": condition, "seed": seed}
            for split in ("train", "dev", "test"):
                rates = dict(zip(RATES, 0.14 + 0.001 * index + 0.002 * random.normal(size=2), strict=True))
                recognition.append({**identity, "split": split, **rates})
            for layer in range(1, 6):
                values = dict(zip(MEASURES, 3 * index + 0.1 * random.normal(size=len(MEASURES)), strict=True))
                topography.append({**identity, "layer": layer, "rows": 8, "columns": 8, **values})
    return recognition, topography


def figure(folder, seeds: int, names: tuple[str, ...] = ("plain", "kernel"), control: str | None = "plain") -> Figure:
    recognition, topography = tables(seeds, names)
    rows = conditions("corpus", recognition, topography, control, margin=0.01, bootstraps=99, seed=0)
    write_table(folder / "conditions.tsv", TABLE.columns, rows)
    differences = read_table(folder / "conditions.tsv", module.DIFFERENCES)
    shown = style.Conditions.of(names, [control] if control else [])
    return module.draw(differences, {"split": recognition, "layer": topography}, shown, 0.05)


def markers(axes) -> list[float]:
    return [float(line.get_ydata()[0]) for line in axes.lines if line.get_marker() not in {"None", ""}]


@pytest.mark.parametrize("seeds", [1, 2, 8])
def test_every_seed_is_a_marker_at_its_difference(tmp_path, seeds: int) -> None:
    recognition, topography = tables(seeds, ("plain", "kernel"))
    axes = figure(tmp_path, seeds).axes
    rates = {(row["condition"], row["seed"], row["split"]): row["letter_error_rate"] for row in recognition}
    expected = [
        100 * (rates["kernel", seed, split] - rates["plain", seed, split])
        for split in ("train", "dev", "test")
        for seed in range(seeds)
    ]
    assert markers(axes[0]) == pytest.approx(expected)
    values = {(row["condition"], row["seed"], row["layer"]): row["regions"] for row in topography}
    shown = [values["kernel", s, layer] - values["plain", s, layer] for layer in range(1, 6) for s in range(seeds)]
    assert markers(axes[5]) == pytest.approx(shown)


@pytest.mark.slow
def test_few_seeds_are_said_to_be_untestable_and_many_are_marked(tmp_path) -> None:
    few = {text.get_text() for text in visible_texts(figure(tmp_path, 2))}
    assert "2 seeds: not testable" in few
    assert not {"∗", "≈"} & few
    many = [text.get_text() for text in visible_texts(figure(tmp_path, 8))]
    assert many.count("∗") == 5 * len(MEASURES)
    assert many.count("≈") == 3, "letter error rates in three splits"
    assert not any("testable" in text for text in many)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seeds", "names"), [(2, ("plain", "kernel")), (8, ("plain", "kernel", "filters")), (3, ("a", "b", "c", "d"))]
)
def test_texts_are_apart_and_within_the_page(tmp_path, seeds: int, names: tuple[str, ...]) -> None:
    drawing = figure(tmp_path, seeds, names, names[0])
    boxes = [(text, text.get_window_extent()) for text in visible_texts(drawing)]
    page = drawing.bbox
    for index, (text, box) in enumerate(boxes):
        assert page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1, text
        for other, beside in boxes[index + 1 :]:
            assert not box.padded(-1).overlaps(beside.padded(-1)), (text, other)


def test_without_a_control_there_is_nothing_to_compare(tmp_path) -> None:
    texts = [text.get_text() for text in visible_texts(figure(tmp_path, 2, control=None))]
    assert texts.count("nothing\nto compare") == 7
