"""Every utterance is accounted for: aligned, excluded, or not asked for; too many exclusions stop the run."""

from dataclasses import replace
from pathlib import Path

import pytest

from phonotopy.alignment import account
from phonotopy.alignment.coverage import NOT_ASKED, Coverage, read_coverage, write_coverage
from phonotopy.alignment.describe import write_summary
from phonotopy.core.errors import InputError
from phonotopy.core.tables import concatenate, read_table, write_table
from phonotopy.corpus.utterances import Exclusion, Utterance


def row(name: str, reason: str = "", split: str = "train") -> Coverage:
    status, method = ("excluded", "") if reason else ("aligned", "pocketsphinx")
    return Coverage(name, "ann", split, status, method, reason, "mend it" if reason else "")  # type: ignore[arg-type]


def unasked(number: int) -> list[Coverage]:
    return [replace(row(f"more-{index}"), status=NOT_ASKED, method="") for index in range(number)]


def utterance(name: str, split: str = "train", duration_s: float = 30.0) -> Utterance:
    return Utterance(name, "ann", split, "x.wav", duration_s, 8000, "six")


LOST = Exclusion("ann-1", "ann", "dev", "ann/1.wav", "silent audio: digital silence", "record it again")


def test_every_utterance_has_one_row_in_the_order_of_the_corpus(caplog: pytest.LogCaptureFixture) -> None:
    corpus = [utterance("a"), utterance("b"), utterance("c", "test")]
    tried = [row("c", split="test"), row("a", "unknown words: zorgle")]
    with caplog.at_level("WARNING"):
        found = account.joined(corpus, [LOST], tried)
    assert found == [
        tried[1],
        Coverage("b", "ann", "train", "not asked", "", "", ""),
        tried[0],
        Coverage("ann-1", "ann", "dev", "excluded", "", "silent audio: digital silence", "record it again"),
    ]
    assert "ann-1 (ann/1.wav) excluded: silent audio: digital silence; record it again" in caplog.text


def test_more_than_max_excluded_stops_with_counts_and_examples() -> None:
    tried = [row(f"ann-{index}") for index in range(95)] + [row("ann-z", "unknown words: zorgle")]
    before = [row("ann-x", "silent audio: peak -70 dB"), row("ann-y", "silent audio: digital silence")]
    before += [row("ann-v", "no transcript"), row("ann-w", "no transcript")]
    account.check_coverage([*tried, *before], tried, 0.05)
    with pytest.raises(InputError) as caught:
        account.check_coverage([*tried, *before], tried, 0.049)
    assert caught.value.subject == "corpus.max_excluded"
    assert (
        "1 of 96 utterances that were asked for cannot be aligned, 4 of 100 were left out before" in caught.value.found
    )
    assert "silent audio 2, no transcript 2, unknown words 1" in caught.value.found
    assert "ann-x (silent audio: peak -70 dB: mend it)" in caught.value.found
    assert "all are listed in the log" in caught.value.advice


@pytest.mark.parametrize(("limit", "stops"), [(0.054, True), (0.055, False)])
def test_what_was_not_asked_is_neither_excluded_nor_counts_as_aligned(limit: float, stops: bool) -> None:
    """Of 1000, 10 were left out before; of the others, 45 were tried, of which 2 failed: 1 % and 99 % of 2 in 45."""
    tried = [*(row(f"ann-{index}") for index in range(43)), row("b", "no path"), row("c", "no path")]
    everything = [*tried, *unasked(945), *(row(f"lost-{index}", "no transcript") for index in range(10))]
    assert pytest.approx(0.054) == 10 / 1000 + 0.99 * 2 / 45
    if stops:
        with pytest.raises(InputError, match="2 of 45 utterances that were asked for"):
            account.check_coverage(everything, tried, limit - 1e-9)
    else:
        account.check_coverage(everything, tried, limit)


def test_what_is_excluded_stays_where_the_run_stops(tmp_path: Path) -> None:
    rows = [row(f"ann-{index}") for index in range(9)] + [row("ann-x", "no path"), row("ann-y", "no path")]
    listing = tmp_path / "digits.excluded.tsv"
    with pytest.raises(InputError) as caught:
        account.check_coverage(rows, rows, 0.1, listing=listing)
    assert str(listing) in caught.value.advice
    assert read_coverage(listing) == rows[9:]
    account.check_coverage(rows, rows, 0.2, listing=listing)
    assert not listing.exists()


def test_nothing_aligned_stops_whatever_the_setting() -> None:
    with pytest.raises(InputError, match="1 of 1 utterances"):
        account.check_coverage([row("a", "no path"), *unasked(99)], [row("a", "no path")], 1.0)
    with pytest.raises(InputError, match=r"activations\.splits"):
        account.check_coverage(unasked(9), [], 1.0)


def test_coverage_and_summary_tables(tmp_path: Path) -> None:
    rows = [row("a"), *unasked(1), row("b", "no transcript"), replace(row("c", split="test"), method="textgrids")]
    corpus = [utterance("a"), utterance("more-0", duration_s=60.0), utterance("c", "test", 90.0)]
    write_coverage(tmp_path / "coverage.tsv", rows)
    assert read_coverage(tmp_path / "coverage.tsv", tmp_path / "coverage.tsv") == rows * 2
    write_summary(tmp_path / "summary.tsv", "digits", rows, corpus)
    train, dev, test = read_table(tmp_path / "summary.tsv", {"minutes": float, "aligned_minutes": float})
    counts = {"speakers": "1", "utterances": "3", "aligned": "1", "textgrids": "0", "pocketsphinx": "1", "mfa": "0"}
    counts |= {"ctc": "0", "excluded": "1", "not_asked": "1"}
    assert train == {"corpus": "digits", "split": "train", **counts, "minutes": 1.5, "aligned_minutes": 0.5}
    assert (dev["utterances"], dev["minutes"]) == ("0", 0.0)
    assert (test["textgrids"], test["not_asked"], test["minutes"]) == ("1", "0", 1.5)


def test_tables_of_parts_are_put_together(tmp_path: Path) -> None:
    for name, values in (("a", ["1", "2"]), ("empty", []), ("b", ["3"])):
        write_table(tmp_path / name, ["x"], [{"x": value} for value in values])
    write_table(tmp_path / "other", ["y"], [])
    concatenate(tmp_path / "all", [tmp_path / name for name in ("a", "empty", "b")])
    assert (tmp_path / "all").read_text() == "x\n1\n2\n3\n"
    for names in (["a", "other"], []):
        with pytest.raises(ValueError, match="columns"):
            concatenate(tmp_path / "none", [tmp_path / name for name in names])
    assert not (tmp_path / "none").exists()
