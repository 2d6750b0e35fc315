"""Snakemake's report with what its readers miss: answer first, tables that open, figures with captions, named icons."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from phonotopy.core.errors import InputError
from phonotopy.core.files import replacing
from phonotopy.pages.templates import SHARED, Web

__all__ = ["EXTENDED", "STYLES", "repair", "repaired"]

RESULTS = re.compile(r'(<script id="results">\s*var results = )(.*?)(;\s*</script>)', re.DOTALL)
STYLES = (*SHARED, "report.css")  # that Snakemake puts into its report
SCRIPT = "report.js"
ANSWER = re.compile(r"<!-- answer -->\n(.*)<!-- end of answer -->", re.DOTALL)
TITLE = "<title>Snakemake Report</title>"
END = re.compile(r"</body>\s*</html>\s*\Z")
EXTENDED = (  # what the script extends or relies on, as Snakemake 9.27 writes it
    "class Icon extends React.Component",
    "class ContentDisplay extends React.Component",
    "class RuleGraph extends React.Component",
    "class App extends React.Component",
    "renderContent() {",
    "const e = React.createElement;",
    "root.render(e(App));",
    'case "rulegraph":',
    "return this.handleHtml(entry, resultPath);",
    "var workflow_desc = ",
    "var metadata = ",
    'id: "rulegraph"',
)


def repair(report: Path, path: str | Path, index: str | Path, tables: Iterable[str | Path], web: Web) -> None:
    """Write a `report` of Snakemake's as `repaired`, from the files of pages."""
    pages = {Path(file).stem: Path(file).read_text(encoding="utf-8") for file in tables}
    first = Path(index).read_text(encoding="utf-8")
    page = repaired(report.read_text(encoding="utf-8"), first, pages, web.text(SCRIPT))
    with replacing(path) as part:
        part.write_text(page, encoding="utf-8")


def repaired(report: str, index: str, tables: Mapping[str, str], script: str) -> str:
    """The report; `index` is the first page of a run, whose answer it begins with, `tables` are pages by their names.

    InputError where Snakemake writes another markup than the one that the script extends.
    """
    found = RESULTS.findall(report)
    lacking = [part for part in EXTENDED if part not in report]
    lacking += [] if report.count(TITLE) == 1 else [TITLE]
    lacking += [] if END.search(report) else ["</body></html>"]
    if len(found) != 1 or lacking:
        what = f"no {lacking[0]!r}" if lacking else f"{len(found)} lists of results"
        advice = "install the version that pyproject.toml pins, or adapt resources/web/report.js"
        raise InputError("Snakemake's report", what, "the markup of Snakemake 9.27", advice)
    results = {path: _opened(path, entry, tables) for path, entry in json.loads(found[0][1]).items()}
    report = RESULTS.sub(lambda match: f"{match[1]}{_literal(results)}{match[3]}", report)
    report = report.replace(TITLE, "<title>Phonotopy: report</title>")
    start = ANSWER.search(index)
    if not start:
        raise InputError("index.html", "no answer between its marks", "the page of this version", "make it again")
    # Pictures are in the report already, by their paths.
    answer = re.sub(r'src="(?=figures/)', 'data-result="', start[1])
    added = f"<script>\nconst start_page = {_literal(answer)};\n</script>\n<script>\n{script}\n</script>\n"
    return END.sub(lambda end: f"{added}{end[0]}", report)


def _opened(path: str, entry: dict[str, Any], tables: Mapping[str, str]) -> dict[str, Any]:
    """A table as a page that the report shows, where it would be saved; anything else as it is.

    A table that was asked for together with the report has its page from the next report on.
    """
    name = Path(path).stem
    if not path.endswith(".tsv") or name not in tables:
        return entry
    page = base64.b64encode(tables[name].encode()).decode()
    address = f"data:text/html;charset=utf-8;base64,{page}"
    return {**entry, "name": f"{name}.html", "mime_type": "text/html", "data_uri": address}


def _literal(value: object) -> str:
    """A value in JavaScript that cannot end its element."""
    return json.dumps(value).replace("</", "<\\/")
