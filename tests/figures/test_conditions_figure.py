"""The figure of differences says what the tables say, with few seeds and many, and shows nothing that cannot occur."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from drawings import visible_texts
from phonotopy.comparisons import compared_recognition as compared
from phonotopy.comparisons.conditions import MEASURES, RATES, TABLE, conditions
from phonotopy.core.tables import read_table, write_table
from phonotopy.figures import by_speaker, style
from phonotopy.figures.statistics import conditions as module
from phonotopy.figures.trainings import Row
from phonotopy.recogniser.recognition import BY_SPEAKER, speaker_rows

PAIR = ("plain", "kernel")
OVER_TRAININGS = {"∗", "≈"}
SPOKEN = slice(2, 4)  # panels of speakers


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


def transcripts(seeds: int, names: tuple[str, ...], speakers: int) -> dict[tuple[str, int], list[Row]]:
    """Three utterances of each test speaker; later conditions have more edits, the last speaker fewer."""
    random = np.random.default_rng(4)
    return {
        (name, seed): [
            {
                "utterance": f"{speaker}-{n}", "speaker": f"s{speaker:02d}", "split": "test",
                "transcript": "nine small letters", "word_edits": int(random.integers(2)),
                "letter_edits": 8 + (int(random.integers(3)) + 4 * index if speaker < speakers - 1 else -index),
            }
            for speaker in range(speakers)
            for n in range(3)
        ]
        for index, name in enumerate(names)
        for seed in range(seeds)
    }  # fmt: skip


def recognised(folder, seeds: int, names: tuple[str, ...], control: str | None, speakers: int) -> module.Recognised:
    found = transcripts(seeds, names, speakers)
    rows = compared.compared_recognition("corpus", found, control, bootstraps=99, seed=0)
    write_table(folder / "compared.tsv", compared.TABLE.columns, rows)
    known = {f"s{n:02d}": f"s{n:02d}" for n in range(speakers)}
    spoken = [row for (name, seed), own in found.items() for row in speaker_rows("corpus", name, seed, own, known)]
    write_table(folder / "spoken.tsv", BY_SPEAKER.columns, spoken)
    return module.Recognised(
        read_table(folder / "compared.tsv", by_speaker.COMPARED), read_table(folder / "spoken.tsv", by_speaker.COLUMNS)
    )


def figure(
    folder, seeds: int, names: tuple[str, ...] = PAIR, control: str | None = "plain", speakers: int = 8
) -> Figure:
    recognition, topography = tables(seeds, names)
    rows = conditions("corpus", recognition, topography, control, margin=0.01, bootstraps=99, seed=0)
    write_table(folder / "conditions.tsv", TABLE.columns, rows)
    differences = read_table(folder / "conditions.tsv", module.DIFFERENCES)
    shown = style.Conditions.of(names, [control] if control else [])
    measured, of_speakers = (
        {"split": recognition, "layer": topography},
        recognised(folder, seeds, names, control, speakers),
    )
    return module.draw(differences, measured, of_speakers, shown, 0.05)


def panels(drawing: Figure) -> list:
    """Axes in the order of their letters."""
    return sorted(drawing.axes, key=lambda axes: axes.get_title(loc="left"))


def markers(axes) -> list[float]:
    lines = [line for line in axes.lines if line.get_marker() not in {"None", ""}]
    return [float(value) for line in lines for value in line.get_ydata()]


def words(axes) -> list[str]:
    return [text.get_text() for text in axes.texts if text.get_text()]


def legend(drawing: Figure) -> list[str]:
    return [text.get_text() for text in drawing.legends[0].get_texts()]


@pytest.mark.parametrize("seeds", [1, 2, 8])
def test_every_seed_is_a_marker_at_its_difference(tmp_path, seeds: int) -> None:
    recognition, topography = tables(seeds, PAIR)
    axes = panels(figure(tmp_path, seeds))
    assert [one.get_title(loc="left") for one in axes] == list("abcdefghi")
    rates = {(row["condition"], row["seed"], row["split"]): row["letter_error_rate"] for row in recognition}
    expected = [
        100 * (rates["kernel", seed, split] - rates["plain", seed, split])
        for split in ("train", "dev", "test")
        for seed in range(seeds)
    ]
    assert markers(axes[0]) == pytest.approx(expected)
    values = {(row["condition"], row["seed"], row["layer"]): row["regions"] for row in topography}
    shown = [values["kernel", s, layer] - values["plain", s, layer] for layer in range(1, 6) for s in range(seeds)]
    assert markers(axes[7]) == pytest.approx(shown)


@pytest.mark.parametrize("seeds", [1, 2, 6])
def test_every_speaker_is_a_point_at_its_difference_below_how_many_rise(tmp_path, seeds: int) -> None:
    axes, found = panels(figure(tmp_path, seeds)), transcripts(seeds, PAIR, 8)
    expected, rising = [], []
    for seed in range(seeds):
        edits = [[row["letter_edits"] for row in found[name, seed]] for name in PAIR]
        gaps = [(sum(edits[1][n : n + 3]) - sum(edits[0][n : n + 3])) / (3 * 18) for n in range(0, 24, 3)]
        expected += [100 * gap for gap in gaps]
        rising.append(f"{sum(gap > 0 for gap in gaps)}/8\n∗")
    assert markers(axes[2]) == pytest.approx(expected)
    assert words(axes[2]) == rising == ["7/8\n∗"] * seeds


def test_few_seeds_have_no_mark_band_or_interval_of_trainings(tmp_path) -> None:
    for seeds, title in ((1, "1 seed: no test over trainings"), (2, "2 seeds: no test over trainings")):
        drawing = figure(tmp_path, seeds, speakers=5)
        assert drawing.legends[0].get_title().get_text() == title
        assert legend(drawing)[-2:] == ["a test speaker (c, d)", "mean"]
        assert [len(one.patches) for one in drawing.axes] == [0] * 9
        assert not OVER_TRAININGS & {character for one in drawing.axes for text in words(one) for character in text}
    tested = legend(figure(tmp_path, 2))
    assert tested[-2:] == ["mean (line: 95 % interval)", "different, q < 0.05"], "over speakers"
    assert not any("equivalen" in text for text in tested)


def test_a_single_seed_is_no_mean(tmp_path) -> None:
    axes = panels(figure(tmp_path, 1))
    assert [len(one.collections) for one in axes[:2] + axes[4:]] == [0] * 7
    assert [len(one.collections) for one in axes[SPOKEN]] == [2, 2], "of speakers there is one"


@pytest.mark.slow
def test_many_seeds_are_marked(tmp_path) -> None:
    drawing = figure(tmp_path, 8)
    axes = panels(drawing)
    assert sum(text == "∗" for one in axes[4:] for text in words(one)) == 5 * len(MEASURES)
    assert words(axes[0]).count("≈") == 3, "character error rates in three splits"
    assert len(axes[0].patches) == 1, "the margin"
    assert legend(drawing)[-3:] == ["different, q < 0.05", "equivalent, p < 0.05", "margin of equivalence"]
    assert drawing.legends[0].get_title().get_text() == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seeds", "names", "speakers"),
    [
        (1, PAIR, 3),
        (2, PAIR, 8),
        (8, ("plain", "kernel", "filters"), 8),
        (3, ("a", "b", "c", "d"), 40),
        (10, ("a", "b", "c", "d"), 8),
        (6, ("a_control_of_mine", "with_the_first_objective", "with_the_other_objective"), 12),
    ],
)
def test_texts_are_apart_and_within_the_page(tmp_path, seeds: int, names: tuple[str, ...], speakers: int) -> None:
    drawing = figure(tmp_path, seeds, names, names[0], speakers)
    boxes = [(text, text.get_window_extent()) for text in visible_texts(drawing)]
    page = drawing.bbox
    for index, (text, box) in enumerate(boxes):
        assert page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1, text
        for other, beside in boxes[index + 1 :]:
            assert not box.padded(-1).overlaps(beside.padded(-1)), (text, other)


def test_without_a_control_there_is_nothing_to_compare(tmp_path) -> None:
    texts = [text.get_text() for text in visible_texts(figure(tmp_path, 2, control=None))]
    assert texts.count("nothing\nto compare") == 9
