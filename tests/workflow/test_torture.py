"""Two of the kills of `make torture`, at the head of the workflow, of which all take ten minutes on two cores."""

from pathlib import Path

import pytest

import torture


@pytest.mark.slow
def test_kills_leave_no_trace(tmp_path: Path) -> None:
    undisturbed = torture.copy(tmp_path / "undisturbed")
    torture.run(undisturbed, "training", cores=1)
    assert torture.torture(tmp_path, torture.contents(undisturbed), 2, 0, "training") == [True, True]


def test_a_trace_would_be_seen() -> None:
    whole = {"corpus/c/audio/a.flac": "1", "corpus/c/audio/b.flac": "2", "tables/t.tsv": "3"}
    assert torture.differences({}, whole) == torture.differences(whole, whole) == []
    assert torture.differences({"tables/t.tsv": "3"}, whole) == []
    assert torture.differences({"tables/t.tsv": "half"}, whole) == ["tables/t.tsv"]
    assert torture.differences({"tables/unknown.tsv": "3"}, whole) == ["tables/unknown.tsv"]
    assert torture.differences({"corpus/c/audio/a.flac": "1"}, whole) == ["corpus/c/audio/b.flac"]
