"""All pages of a run: the first one, one per figure and per table, the method and the dictionary."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown import markdown

from phonotopy.core.columns import Table
from phonotopy.core.errors import InputError
from phonotopy.core.files import replacing
from phonotopy.pages.answer_page import Run, front_page
from phonotopy.pages.captions import moved, rendered
from phonotopy.pages.exhibits import Exhibit
from phonotopy.pages.listings import Listing, listing
from phonotopy.pages.templates import Web

__all__ = ["ROWS", "Sources", "captioned", "write_pages"]

ROWS = 40  # of a table beside its figure
UP = "../../"  # from the folder of a figure's page to that of the results
READERS = "tables"  # folder of the tables that the first page lists
Claim = dict[str, Any]


@dataclass(frozen=True)
class Sources:
    """What pages are made from: folders, settings, and what tables say of themselves."""

    results: Path
    texts: Path
    web: Web
    settings: Mapping[str, Any]
    described: Mapping[str, Table]  # by file name

    def caption(self, name: str, seed: int | None = None) -> str:
        """A text of the report as HTML; nothing where there is none."""
        path = self.texts / f"{name}.rst"
        return rendered(path.read_text(encoding="utf-8"), self.settings, seed) if path.is_file() else ""

    def listing(self, name: str, files: Sequence[str]) -> Listing:
        """A table of results."""
        return listing(name, files, results=self.results, described=self.described.get(f"{name}.tsv"))


def captioned(figures: Sequence[Mapping[str, Any]], sources: Sources) -> list[Exhibit]:
    """Figures as they are declared, with their captions; files are paths that begin with the folder of results."""
    return [_exhibit(figure, sources) for figure in figures]


def _exhibit(figure: Mapping[str, Any], sources: Sources) -> Exhibit:
    caption = sources.caption(figure["name"], figure["seed"])
    if not caption:
        missing = str(sources.texts / f"{figure['name']}.rst")
        raise InputError(missing, "no caption", "a caption for every figure", "write it: CONTRIBUTING.md")
    files = [Path(file).relative_to(sources.results).as_posix() for file in figure["files"]]
    return Exhibit(**{**figure, "caption": caption, "files": files})


def write_pages(
    sources: Sources,
    run: Run,
    claims: Sequence[Claim],
    figures: Sequence[Mapping[str, Any]],
    tables: Mapping[str, Sequence[str]],
    ways: Mapping[str, str],
) -> int:
    """Write every page into the folder of results, and return how many; `tables` are files by name."""
    exhibits = captioned(figures, sources)
    listings = {name: sources.listing(name, files) for name, files in tables.items()}
    shown = [one for one in listings.values() if one.files[0].startswith(f"{READERS}/")]
    pages = {
        "index.html": front_page(sources.web, run, claims, exhibits, shown, ways),
        **dict(_figure_pages(sources, exhibits, listings)),
        **dict(_table_pages(sources, exhibits, listings)),
        **dict(_text_pages(sources)),
    }
    for name, page in pages.items():
        with replacing(sources.results / name) as part:
            part.write_text(page, encoding="utf-8")
    return len(pages)


def _figure_pages(
    sources: Sources, exhibits: Sequence[Exhibit], listings: Mapping[str, Listing]
) -> Iterator[tuple[str, str]]:
    """Paths and pages of figures, each with its caption and tables."""
    neighbours = zip([None, *exhibits[:-1]], exhibits, [*exhibits[1:], None], strict=True)
    for before, one, after in neighbours:
        values = {
            "exhibit": one,
            "caption": one.caption,
            "tables": [listings[name] for name in one.tables],
            "rows": ROWS,
            "before": before,
            "after": after,
            "siblings": [other for other in exhibits if other.name == one.name and other.seed != one.seed],
        }
        yield f"pages/figures/{one.key}.html", sources.web.page("figure.html", values, root=UP)


def _table_pages(
    sources: Sources, exhibits: Sequence[Exhibit], listings: Mapping[str, Listing]
) -> Iterator[tuple[str, str]]:
    """Paths and pages of tables, with links to the figures that are made from them."""
    for name, table in listings.items():
        values = {
            "table": table,
            "caption": sources.caption(f"{name}_table"),
            "figures": [one for one in exhibits if name in one.tables],
        }
        yield f"pages/tables/{name}.html", sources.web.page("table.html", values, root=UP, scripts=["table.js"])


def _text_pages(sources: Sources) -> Iterator[tuple[str, str]]:
    """The method, and what every file and column means."""
    up = "../"
    method = {"title": "Method", "body": moved(sources.caption("method"), up)}
    yield "pages/method.html", sources.web.page("text.html", method, root=up)
    text = (sources.results / "dictionary.md").read_text(encoding="utf-8")
    title, _, body = text.partition("\n")
    written = markdown(body, extensions=["tables"])
    reachable = written.replace("<table>", '<table tabindex="0">')  # on a narrow page they scroll, by keys too
    page = {"title": title.lstrip("# "), "body": reachable}
    yield "pages/dictionary.html", sources.web.page("text.html", page, root=up)
