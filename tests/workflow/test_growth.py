"""Growth of time and memory with hours of speech: known exponents, and settings that there are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import growth
from costs import Job

ROOT = Path(__file__).parents[2]
HOURS = (1.0, 4.0, 16.0)


def jobs_at(hours: float) -> dict[tuple[str, str], list[Job]]:
    """Two jobs that grow in proportion, one that grows faster, in a rule whose memory grows, and one of one size."""
    found = {
        ("training", "train"): [Job(30 * hours, 500), Job(70 * hours, 600)],
        ("mapping", "pairs"): [Job(2 * hours**1.5, 100 * hours)],
    }
    return found | ({("mapping", "rest"): [Job(1, 1)]} if hours > 1 else {})


def test_known_growth_is_found() -> None:
    train, pairs = growth.rows(HOURS, [jobs_at(hours) for hours in HOURS])
    assert (train["rule"], train["exponent"], train["memory_ratio"]) == ("train", 1.0, 1.0)
    assert (train["seconds_4h"], train["seconds_per_hour"], train["peak_memory_mb_16h"]) == (400, 100, 600)
    assert (pairs["rule"], pairs["exponent"], pairs["memory_ratio"]) == ("pairs", 1.5, 16)


@pytest.mark.parametrize("hours", HOURS)
def test_settings_are_those_of_the_configuration(hours: float) -> None:
    def known(settings: Mapping[str, Any], among: Mapping[str, Any]) -> None:
        for name, value in settings.items():
            assert name in among
            if isinstance(value, dict):
                known(value, among[name])

    found = growth.settings(hours)
    known(found, yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8")))
    assert sum(found["corpus"]["synthetic"]["minutes"].values()) == pytest.approx(60 * hours, abs=0.01)
