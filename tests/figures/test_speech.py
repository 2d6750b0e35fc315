"""Figures of the corpus show what its tables say, for few and many speakers, labels and reasons."""

import numpy as np
import pytest

from drawings import (
    test_every_axis_with_ticks_says_what_it_shows,
    test_figures_have_a_column_width_and_a_page_height,
    test_texts_are_legible_within_the_page_and_apart,
)
from phonotopy.alignment.boundaries import Boundary
from phonotopy.figures.speech import boundaries, durations, speech

__all__ = [
    "test_every_axis_with_ticks_says_what_it_shows",
    "test_figures_have_a_column_width_and_a_page_height",
    "test_texts_are_legible_within_the_page_and_apart",
]

INVENTORY = [f"L{n}" for n in range(40)]


def speakers(number):
    splits = [("train", number), ("dev", 1), ("test", 2)]
    return [{"split": split, "aligned": n, "minutes": 0.5 * n + 1} for split, count in splits for n in range(count)]


def lengths(labels):
    return [
        {
            "split": split,
            "label": label,
            "tokens": 5 + n,
            "median_ms": 60.0,
            "percentile_5_ms": 30.0,
            "percentile_95_ms": 90.0 + n,
        }
        for split in ("train", "test")
        for n, label in enumerate(labels)
    ]


def onsets(pairs, kinds=("word",)):
    errors = np.random.default_rng(0).laplace(scale=0.02, size=300)
    known = [("a", "test", one, two, kind, "six", 1.0) for one, two in pairs for kind in kinds]
    rows = [Boundary(*own, 1.0 + error) for own in known for error in errors]
    return [*rows, *(Boundary(*own, None) for own in known)]


PAIRS = [("synthesiser", "pocketsphinx"), ("textgrids", "pocketsphinx"), ("textgrids", "mfa")]
REASONS = [
    {
        "split": "train",
        "status": status,
        "reason": f"{word} transcript that is rather long as a reason",
        "utterances": n,
    }
    for n, (status, word) in enumerate([("excluded", "no"), ("aligned", "odd")] * 5, start=1)
]


@pytest.fixture(scope="module", params=["few", "many"])
def every_figure(request):
    few = request.param == "few"
    return {
        "speech": speech.draw(speakers(1 if few else 300), [] if few else REASONS),
        "durations": durations.draw(lengths(["L3", "SIL"] if few else [*INVENTORY, "SIL", "other"]), INVENTORY),
        "boundaries": boundaries.draw(onsets([("one", "two")]) if few else onsets(PAIRS, ("word", "label"))),
    }


def test_bars_are_minutes_ranked_within_splits():
    minutes = speech.draw(speakers(3), []).axes[0]
    assert [bar.get_height() for bar in minutes.patches] == [2.0, 1.5, 1.0, 1.0, 1.5, 1.0]


def test_labels_stand_in_the_order_of_the_inventory_silence_last():
    axes = durations.draw(lengths(["SIL", "L2", "L1", "other"]), INVENTORY).axes[1]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["L1", "L2", "other", "SIL"]


def test_the_most_frequent_labels_are_shown_where_not_all_fit():
    axes = durations.draw(lengths([f"word{n:03d}" for n in range(100)]), INVENTORY).axes[1]
    shown = [text.get_text() for text in axes.get_xticklabels()]
    assert shown == [f"word{n:03d}" for n in range(100 - durations.MOST_LABELS, 100)]


def test_the_curve_is_the_share_within_a_distance():
    own = onsets([("one", "two")])
    line = next(line for line in boundaries.draw(own).axes[0].lines if len(line.get_xdata()) > 10)
    errors = np.abs([row.error_ms for row in own if row.error_ms is not None])
    index = np.searchsorted(line.get_xdata(), 50.0, side="right") - 1
    assert line.get_ydata()[index] == pytest.approx(100 * np.mean(errors <= 50.0))
