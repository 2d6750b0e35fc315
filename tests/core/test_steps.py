"""Steps of a job: what is written is what is read."""

import logging

import pytest

from phonotopy.core import steps
from phonotopy.core.steps import Step


@pytest.mark.parametrize(
    ("message", "step"),
    [
        ("epoch 3/9: ctc 1.2, dev ctc 1/2", Step("epoch", 3, 9, "ctc 1.2, dev ctc 1/2")),
        ("data set 40/40", Step("data set", 40, 40)),
        ("layer 3: 99 permutations", None),
        ("3/9 epochs", None),
        ("see results/1/2", None),
    ],
)
def test_a_step_is_read_as_it_is_written(message: str, step: Step | None) -> None:
    assert steps.parse(message) == step
    assert step is None or str(step) == message


def test_shares_lie_between_nothing_and_all() -> None:
    assert [Step("a", *numbers).share for numbers in ((0, 4), (1, 4), (4, 4), (5, 4), (0, 0))] == [0, 0.25, 1, 1, 0]


def test_items_are_counted_rarely_and_at_the_end(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(100))  # a second for each item
    monkeypatch.setattr(steps.time, "monotonic", lambda: float(next(clock)))
    caplog.set_level(logging.INFO, "phonotopy")
    assert [*steps.counted("abcdefg", "letter")] == [*"abcdefg"]
    assert caplog.messages == ["letter 2/7", "letter 4/7", "letter 6/7", "letter 7/7"]


def test_an_item_counts_when_the_next_is_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "phonotopy")
    items = steps.passed(iter("a"), "letter", 1)
    assert next(items) == "a"
    assert caplog.messages == []
    assert next(items, "none") == "none"
    assert caplog.messages == ["letter 1/1"]
