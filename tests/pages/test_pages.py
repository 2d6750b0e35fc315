"""Pages of a small run, from files to links."""

import csv
from pathlib import Path
from typing import Any

import pytest

from phonotopy.comparisons.answer import QUESTION, read_claims, verdicts
from phonotopy.core.errors import InputError
from phonotopy.core.tables import write_table
from phonotopy.pages import listings
from phonotopy.pages.answer_page import Run
from phonotopy.pages.links import read_links
from phonotopy.pages.pages import Sources, write_pages
from phonotopy.pages.static_site import reached
from phonotopy.pages.templates import Web
from phonotopy.provenance.dictionary import parsed

ROOT = Path(__file__).parents[2]
WAYS = {"Method": "pages/method.html", "Dictionary": "pages/dictionary.html", "Provenance": "provenance.html"}
EVIL = "<script>alert(1)</script>"
FIGURES = [
    {"name": "activation_maps", "title": "activation maps", "stage": "mapping", "tables": ["rank"], "seed": seed}
    for seed in (0, 1)
] + [{"name": "ladder", "title": "the ladder of nulls", "stage": "mapping", "tables": ["claims", "rank"], "seed": None}]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Claims of the default run, figures without content, and one more table of two trainings."""
    results = tmp_path / "results"
    (results / "tables").mkdir(parents=True)
    (results / "figures").mkdir()
    (results / "tables" / "claims.tsv").write_bytes((ROOT / "docs" / "claims.tsv").read_bytes())
    for condition in ("control", "topographic"):
        path = results / "mapping" / "synthetic" / condition / "seed0" / "rank.tsv"
        write_table(path, ["layer", "status"], [{"layer": 1, "status": EVIL}])
    (results / "provenance.html").write_text("<title>Provenance</title>", encoding="utf-8")
    text = (
        "# Dictionary: all\n\n### `rank.tsv`, one row per layer\n\n| column | unit | meaning |\n| --- | --- | --- |\n"
    )
    (results / "dictionary.md").write_text(f"{text}| layer | | number of `layers` |\n", encoding="utf-8")
    return results


def texts(folder: Path) -> Path:
    """Captions and a method."""
    folder.mkdir()
    for name in ("activation_maps", "ladder", "method"):
        text = f"**{name} {EVIL}.** Of {{{{ snakemake.config['corpus']['name'] }}}}."
        if name == "method":
            text += " With `provenance <provenance.html>`_, after `others <https://example.org>`_."
        (folder / f"{name}.rst").write_text(text, encoding="utf-8")
    return folder


def write(results: Path, **changes: Any) -> Path:
    figures = [
        {**one, "files": [f"{results}/figures/{one['name']}{'' if one['seed'] is None else one['seed']}.svg"]}
        for one in FIGURES
    ]
    for one in figures:
        Path(one["files"][0]).write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    ranks = sorted(map(str, results.glob("mapping/*/*/*/rank.tsv")))
    described = parsed((results / "dictionary.md").read_text(encoding="utf-8"))
    folder = results.parent / "texts"
    settings = {"corpus": {"name": "synthetic"}}
    sources = Sources(
        results, folder if folder.exists() else texts(folder), Web(ROOT / "resources" / "web"), settings, described
    )
    run = Run("synthetic", ["control", "topographic"], [0, 1], "control")
    tables = {"claims": [f"{results}/tables/claims.tsv"], "rank": ranks}
    claims = read_claims(results / "tables" / "claims.tsv")
    given = {"figures": figures, "tables": tables, "ways": WAYS, **changes}
    assert write_pages(sources, run, claims, **given) == 1 + 3 + 2 + 2
    return results / "index.html"


def test_a_page_that_has_a_part_says_so_first_and_links_the_files(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listings, "MOST", 1)
    page = write(results).parent / "pages" / "tables" / "rank.html"
    text = page.read_text(encoding="utf-8")
    assert "This page has the first 1 of 2 rows." in text[: text.index("<table")]
    linked = [(page.parent / one).resolve() for one in read_links(page).whole]
    assert linked == sorted(results.glob("mapping/*/*/*/rank.tsv"))
    monkeypatch.undo()
    write(results)
    assert "This page has the first" not in page.read_text(encoding="utf-8")


def test_every_link_leads_somewhere_and_nothing_is_loaded_from_a_network(results: Path) -> None:
    found = {path.relative_to(results).as_posix() for path in reached(write(results))}
    assert found >= {"pages/figures/activation_maps.seed1.html", "pages/figures/ladder.html", "pages/tables/rank.html"}
    assert found >= {"figures/ladder.svg", "provenance.html", "pages/dictionary.html", "pages/method.html"}
    method = (results / "pages" / "method.html").read_text(encoding="utf-8")
    assert 'href="../provenance.html">provenance' in method and 'href="https://example.org"' in method


def test_links_to_parts_of_pages_find_them(results: Path) -> None:
    write(results)
    for page in [results / "index.html", *results.glob("pages/**/*.html")]:
        for file, part in read_links(page).files(page):
            assert not part or part in read_links(file).names, (page, file, part)


def test_the_first_page_has_the_question_and_numbers_of_the_table(results: Path) -> None:
    page = write(results).read_text(encoding="utf-8")
    (regions, *_) = verdicts(read_claims(results / "tables" / "claims.tsv"), "control")
    assert page.index(QUESTION) < page.index(regions.short) < page.index("pages/figures/ladder.html")
    with (results / "tables" / "claims.tsv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream, delimiter="\t") if row["claim"] == "regions"]
    for row in rows:
        effect, null = (f"{float(row[name]):#.2g}".rstrip(".") for name in ("effect", "null"))
        assert f"{effect} ({null})" in page.replace("<b>", "").replace("</b>", "")


def test_a_figure_has_its_caption_and_its_tables_beside_it(results: Path) -> None:
    write(results)
    page = (results / "pages/figures/activation_maps.seed1.html").read_text(encoding="utf-8")
    assert 'src="../../figures/activation_maps1.svg"' in page and "Of synthetic." in page
    assert 'href="../tables/rank.html"' in page and 'href="activation_maps.seed0.html"' in page
    assert "<td>topographic</td>" in page


def test_what_tables_and_captions_hold_is_text(results: Path) -> None:
    write(results)
    for page in results.glob("pages/**/*.html"):
        assert EVIL not in page.read_text(encoding="utf-8"), page
    assert "&lt;script&gt;" in (results / "pages/tables/rank.html").read_text(encoding="utf-8")


def test_columns_are_explained(results: Path) -> None:
    write(results)
    assert "number of <code>layers</code>" in (results / "pages/tables/rank.html").read_text(encoding="utf-8")
    assert "<td>number of <code>layers</code></td>" in (results / "pages/dictionary.html").read_text(encoding="utf-8")


def test_the_same_tables_give_the_same_bytes(results: Path) -> None:
    first = write(results)
    before = {path: path.read_bytes() for path in [first, *results.glob("pages/**/*.html")]}
    write(results)
    assert {path: path.read_bytes() for path in before} == before


def test_a_figure_without_a_caption_is_refused(results: Path) -> None:
    unknown = {"name": "unknown", "title": "", "stage": "mapping", "tables": [], "seed": None, "files": []}
    with pytest.raises(InputError, match="no caption"):
        write(results, figures=[unknown])
