"""TextGrids are read as Praat reads them; ours open in every reader."""

from collections import Counter

import praatio.textgrid
import pytest
import textgrid

from fuzz_textgrids import campaign
from phonotopy.annotation.intervals import Span
from phonotopy.annotation.textgrid import read_textgrid, write_textgrid
from phonotopy.core.errors import InputError

WORDS = [Span(0.1, 0.5, 'say "six"'), Span(0.5, 1.1, "naïve")]
PHONES = [Span(0.0, 0.1, "SIL"), Span(0.1, 0.5, "S"), Span(0.5, 1.1, "AH0"), Span(1.1, 1.25, "SIL")]

LONG = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 1.25
tiers? <exists>
size = 3
item []:
    item [1]:
        class = "IntervalTier"
        name = "phones"
        xmin = 0
        xmax = 1.25
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 0.5
            text = "sil"
        intervals [2]:
            xmin = 0.5
            xmax = 1e0
            text = "say ""six"" 2 <b> ! now"
        intervals [3]:
            xmin = 1
            xmax = 1.25
            text = ""
    item [2]:
        class = "TextTier"
        name = "events"
        xmin = 0
        xmax = 1.25
        points: size = 1
        points [1]:
            number = 0.7
            mark = "click"
    item [3]:
        class = "IntervalTier"
        name = "words"
        xmin = 0
        xmax = 1.25
        intervals: size = 1
        intervals [1]:
            xmin = 0
            xmax = 1.25
            text = "deux
lignes é"
"""
SHORT = """File type = "ooTextFile"
"TextGrid"

0
1.25
<exists>
3
"IntervalTier" "phones" 0 1.25 3
0 0.5 "sil" ! a comment with a number 7 and a "string"
0.5 1 "say ""six"" 2 <b> ! now"
1 1.25 ""
"TextTier" "events" 0 1.25 1
0.7 "click"
"IntervalTier" "words" 0 1.25 1
0 1.25 "deux
lignes é"
"""
EXPECTED = {
    "phones": [Span(0.0, 0.5, "sil"), Span(0.5, 1.0, 'say "six" 2 <b> ! now'), Span(1.0, 1.25, "")],
    "words": [Span(0.0, 1.25, "deux\nlignes é")],
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("text", [LONG, SHORT, LONG.replace("\n", "\r\n"), SHORT.replace('File"', 'File short"')])
def test_formats_and_encodings(tmp_path, encoding, text):
    (tmp_path / "x.TextGrid").write_bytes(text.encode(encoding))
    found = read_textgrid(tmp_path / "x.TextGrid")
    plain = {name: [Span(a, b, t.replace("\r", "")) for a, b, t in spans] for name, spans in found.items()}
    assert plain == EXPECTED


@pytest.mark.parametrize("index", ["intervals []:", "intervals :", "intervals [99]:"])
def test_a_damaged_index_does_no_harm(tmp_path, index):
    """One published TextGrid lacks the number of an interval, and breaks common parsers."""
    (tmp_path / "x.TextGrid").write_text(LONG.replace("intervals [2]:", index), encoding="utf-8")
    assert read_textgrid(tmp_path / "x.TextGrid") == EXPECTED


def test_written_files_open_alike_in_three_readers(tmp_path):
    path = tmp_path / "x.TextGrid"
    write_textgrid(path, 1.25, {"words": WORDS, "phones": PHONES})
    words = [Span(0.0, 0.1, ""), *WORDS, Span(1.1, 1.25, "")]
    assert read_textgrid(path) == {"words": words, "phones": PHONES}
    theirs = textgrid.TextGrid.fromFile(str(path))
    assert (theirs.minTime, theirs.maxTime, theirs.getNames()) == (0.0, 1.25, ["words", "phones"])
    assert [Span(i.minTime, i.maxTime, i.mark) for i in theirs[0]] == words
    assert [Span(i.minTime, i.maxTime, i.mark) for i in theirs[1]] == PHONES
    other = praatio.textgrid.openTextgrid(str(path), includeEmptyIntervals=True, reportingMode="error")
    assert other.tierNames == ("words", "phones")
    assert (other.minTimestamp, other.maxTimestamp) == (0.0, 1.25)
    assert [Span(*entry) for entry in other.getTier("words").entries] == words
    assert [Span(*entry) for entry in other.getTier("phones").entries] == PHONES


@pytest.mark.parametrize("style", ["long_textgrid", "short_textgrid"])
def test_files_of_praatio_are_read(tmp_path, style):
    write_textgrid(tmp_path / "a.TextGrid", 1.25, {"words": WORDS, "phones": PHONES})
    grid = praatio.textgrid.openTextgrid(str(tmp_path / "a.TextGrid"), includeEmptyIntervals=True)
    grid.save(str(tmp_path / "b.TextGrid"), format=style, includeBlankSpaces=True)
    assert read_textgrid(tmp_path / "b.TextGrid") == read_textgrid(tmp_path / "a.TextGrid")


def test_empty_intervals_and_repeated_tiers(tmp_path):
    text = SHORT.replace("0.5 1 ", "0.5 0.5 ").replace('"words"', '"phones"')
    (tmp_path / "x.TextGrid").write_text(text, encoding="utf-8")
    assert read_textgrid(tmp_path / "x.TextGrid") == {"phones": [EXPECTED["phones"][0], EXPECTED["phones"][2]]}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it begins with ''"),
        (b"ooBinaryFile\x08TextGrid", "it is a binary file of Praat"),
        (b'"Praat chronological TextGrid text file"', "it is a chronological text file of Praat"),
        (LONG[:500].encode(), "it ends before"),
        (LONG.encode()[:-200], "a label that does not end"),
        (LONG.replace('"TextGrid"', '"Pitch 1"').encode(), "an object of class 'Pitch 1'"),
        (LONG.replace("<exists>", "<absent>").encode(), "tiers <absent>"),
        (LONG.replace("<exists>", "3").encode(), "3 where <exists> should be, line 6"),
        (
            LONG.replace("xmin = 0.5", "xmin = early").encode(),
            '"say ""six"" 2 <b> ! now" where a number should be, line',
        ),
        (LONG.replace("xmin = 0.5", "xmin = 0,5").encode(), "0,5 where a number should be, line 20"),
        (LONG.replace("xmin = 0.5", "xmin = 1_0").encode(), "1_0 where a number should be, line 20"),
        (LONG.replace("xmin = 0.5", "xmin = +.5").encode(), "+.5 where a number should be, line 20"),
        (LONG.replace("xmin = 0.5", "xmin = 1e999").encode(), "1e999 where a number should be, line 20"),
        (LONG.replace("xmin = 0.5", "xmin = 1.5").encode(), "ends at 1 s, before its onset at 1.5 s"),
        (LONG.replace("xmin = 0.5", "xmin = 0").encode(), "both begin at 0 s: Praat shows only one"),
        (LONG.replace('""six""', '"six"').encode(), "a quote inside one that is not doubled, line 22"),
        (LONG.replace('"TextTier"', '"OddTier"').encode(), "a tier of class 'OddTier'"),
        (
            LONG.replace("intervals: size = 3", "intervals: size = 1e999").encode(),
            "a number of tiers or intervals should be",
        ),
        (LONG.replace("intervals: size = 3", "intervals: size = 2").encode(), "1 where text in quotes should be"),
        (LONG.replace("intervals: size = 3", "intervals: size = 99999999999").encode(), "where a number should be"),
        (LONG.replace("intervals: size = 1", "intervals: size = 0").encode(), "it goes on after its last interval"),
        (LONG.replace("size = 3\nitem", "size = 2\nitem").encode(), "it goes on after its last interval"),
    ],
)
def test_unreadable_files_end_with_the_reason(tmp_path, content, reason):
    path = tmp_path / "x.TextGrid"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_textgrid(path)
    assert caught.value.subject == str(path)
    assert caught.value.found.startswith("unreadable TextGrid: ")
    assert reason in caught.value.found
    with pytest.raises(InputError, match="unreadable TextGrid"):
        read_textgrid(tmp_path / "absent.TextGrid")


@pytest.mark.parametrize("cut", range(0, len(LONG), 7))
def test_no_cut_file_ends_in_anything_but_an_input_error(tmp_path, cut):
    (tmp_path / "x.TextGrid").write_text(LONG[:cut], encoding="utf-8")
    if cut < len(LONG) - 2:
        with pytest.raises(InputError):
            read_textgrid(tmp_path / "x.TextGrid")


@pytest.mark.slow
def test_damaged_files_are_read_as_praat_shows_them_or_refused(tmp_path):
    """A sample of `make fuzz`: no other error, none slow, and all read whose intervals are readable."""
    counts = campaign(504, 1988, tmp_path)
    assert all(found.total() == 21 for found in counts.values()) and len(counts) == 24
    assert not [verdict for found in counts.values() for verdict in found if verdict.startswith("wrong")]
    total = sum(counts.values(), Counter())
    assert total["read"] > 14 * 21 and total["refused"] and total["refused as by Praat"]


def test_the_campaign_notices_a_reader_that_is_wrong(tmp_path, monkeypatch):
    monkeypatch.setattr("fuzz_textgrids.read_textgrid", lambda path: {"phones": []})
    assert {verdict.split(":")[0] for found in campaign(48, 0, tmp_path).values() for verdict in found} == {"wrong"}
