"""A sample of `make fuzz` on recordings, and proof that it would see what it looks for."""

from collections import Counter

import numpy as np
import pytest

import fuzz_audio
from phonotopy.audio.waveform import probe
from phonotopy.core.errors import InputError

SAMPLE = 104  # eight of each kind


def by_kind(counts):
    kinds = Counter()
    for (kind, _), count in counts.items():
        kinds[kind] += count
    return kinds


def test_mutated_recordings_are_read_or_excluded():
    counts, wrong = fuzz_audio.campaign(SAMPLE, seed=1)
    assert wrong == []
    kinds = [*fuzz_audio.MUTATIONS, *fuzz_audio.UNHARMED]
    assert by_kind(counts) == dict.fromkeys(kinds, SAMPLE // len(kinds))
    assert {outcome for kind, outcome in counts if kind in fuzz_audio.UNHARMED} == {"read, of the same length"}
    assert not [outcome for _, outcome in counts if "fatal" in outcome]


def test_the_same_seed_makes_the_same_files():
    one, two, other = (list(fuzz_audio.cases(39, seed)) for seed in (1, 1, 2))
    assert one == two
    assert one != other


def strict(path):
    if path.stem == "00011":
        raise InputError(str(path), "corrupt audio: as if", "", "mend it")
    return probe(path)


@pytest.mark.parametrize(
    ("target", "change", "seen"),
    [
        ("phonotopy.corpus.collect.probe", strict, "wrong extension"),
        ("fuzz_audio.read_mono", lambda path, rate: np.full(16_000, np.nan), "16000 samples"),
        ("fuzz_audio.read_mono", lambda path, rate: np.zeros(8000), "8000 samples"),
        ("fuzz_audio.collect", lambda *args, **options: ([], []), "neither read nor excluded"),
    ],
)
def test_the_campaign_sees_what_is_wrong(monkeypatch, target, change, seen):
    monkeypatch.setattr(target, change)
    _, wrong = fuzz_audio.campaign(26, seed=1)
    assert any(seen in text for text in wrong)
