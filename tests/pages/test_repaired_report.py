"""What is done to Snakemake's report, and what is refused."""

import base64
import json
import re
from pathlib import Path

import pytest
import snakemake.report.html_reporter as reporter

from phonotopy.core.errors import InputError
from phonotopy.pages.repaired_report import EXTENDED, repaired

TEMPLATE = Path(reporter.__file__).parent / "template"
INDEX = '<p>before</p><!-- answer -->\n<h1>Q</h1><img src="figures/a.svg"></script>\n<!-- end of answer --><p>after</p>'
TABLE = {
    "name": "rank.tsv",
    "mime_type": "text/tab-separated-values",
    "data_uri": "data:,",
    "labels": {"kind": "table"},
}
FIGURE = {"name": "a.svg", "mime_type": "image/svg+xml", "data_uri": "data:image/svg+xml,", "caption": "</p>"}
ENTRIES = {"results/tables/rank.tsv": TABLE, "results/figures/a.svg": FIGURE}


def report(entries: dict[str, object] = ENTRIES, without: str = "nothing of it") -> str:
    """A report with everything that is relied on, without one part of it."""
    scripts = "\n".join(part for part in EXTENDED if part != without)
    listed = f'<script id="results">\n    var results = {json.dumps(entries)};\n    </script>'
    head = "" if without == "title" else "<title>Snakemake Report</title>"
    end = "" if without == "end" else "</body>\n\n</html>"
    return f"<html><head>{head}</head><body><script>'</body>'</script>{listed}<script>{scripts}</script>{end}"


def test_snakemake_still_writes_what_is_extended() -> None:
    """Of the version that is installed: a new one shows here what became of the markup."""
    files = [*TEMPLATE.rglob("*.js"), TEMPLATE / "index.html.jinja2"]
    written = "\n".join(path.read_text(encoding="utf-8") for path in files)
    assert [part for part in EXTENDED if part not in written] == []
    assert "<title>Snakemake Report</title>" in written


def test_tables_open_as_pages_and_figures_stay(tmp_path: Path) -> None:
    page = repaired(report(), INDEX, {"rank": "<h1>Rank</h1>"}, "extend();")
    found = json.loads(re.search(r"var results = (.*?);\n", page)[1])  # type: ignore[index]
    opened = found["results/tables/rank.tsv"]
    assert (opened["mime_type"], opened["name"], opened["labels"]) == ("text/html", "rank.html", {"kind": "table"})
    assert base64.b64decode(opened["data_uri"].partition("base64,")[2]) == b"<h1>Rank</h1>"
    assert found["results/figures/a.svg"] == FIGURE


def test_the_answer_comes_first_with_pictures_of_the_report() -> None:
    page = repaired(report(), INDEX, {"rank": ""}, "extend();")
    start = json.loads(re.search(r"const start_page = (.*);\n", page)[1])  # type: ignore[index]
    assert start == '<h1>Q</h1><img data-result="figures/a.svg"></script>\n'
    assert page.index("root.render") < page.index("start_page") < page.index("extend();") < page.rindex("</body>")
    assert "<title>Phonotopy: report</title>" in page
    assert page.count("</script>") == report().count("</script>") + 2, "no text ends a script"


@pytest.mark.parametrize("part", [*EXTENDED, "title", "end"])
def test_another_markup_is_refused(part: str) -> None:
    with pytest.raises(InputError, match="Snakemake's report: no "):
        repaired(report(without=part), INDEX, {"rank": ""}, "")


def test_results_in_another_form_are_refused() -> None:
    with pytest.raises(InputError, match="0 lists of results"):
        repaired(report().replace("var results", "let results"), INDEX, {"rank": ""}, "")


def test_a_table_without_a_page_is_left_as_it_is() -> None:
    """As one that is made together with the report for the first time."""
    assert "data:text/html" not in repaired(report(), INDEX, {}, "")
    assert "data:text/html" in repaired(report(), INDEX, {"rank": ""}, "")


def test_a_page_without_an_answer_is_refused() -> None:
    with pytest.raises(InputError, match="no answer"):
        repaired(report(), "<p>nothing</p>", {"rank": ""}, "")
