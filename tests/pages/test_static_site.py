"""A run as a site: whole, small enough, and nothing from elsewhere."""

from pathlib import Path

import pytest

from phonotopy.core.errors import InputError
from phonotopy.pages.links import Links
from phonotopy.pages.static_site import publish, reached

TOP = "<header>\n<nav>\n</nav>\n</header>\n"


def written(folder: Path, **pages: str) -> Path:
    for name, text in {"index": '<a href="pages/a.html">a</a>', **pages}.items():
        path = folder / f"{name.replace('__', '/')}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TOP + text if name == "index" else text, encoding="utf-8")
    return folder


@pytest.fixture
def documentation(tmp_path: Path) -> Path:
    return written(tmp_path / "documentation", index="<h1>Documentation</h1>")


def test_everything_that_is_reached_is_there_and_nothing_else(tmp_path: Path, documentation: Path) -> None:
    results = written(
        tmp_path / "results",
        pages__a='<a href="../index.html#top">up</a><img src="../figures/a%20b.svg"><a href="https://x.example">x</a>',
        unreached="<p>",
    )
    (results / "figures").mkdir()
    (results / "figures" / "a b.svg").write_text("<svg/>", encoding="utf-8")
    (results / "checkpoint.pt").write_text("weights", encoding="utf-8")
    files = publish(results, documentation, tmp_path / "public")
    names = {path.relative_to(tmp_path / "public").as_posix() for path in files}
    assert names == {"index.html", "pages/a.html", "figures/a b.svg", "docs/index.html"}
    assert all(path.is_file() for path in files)
    assert 'href="docs/index.html"' in (tmp_path / "public" / "index.html").read_text(encoding="utf-8")


def test_what_no_browser_asks_for_is_left_out(tmp_path: Path, documentation: Path) -> None:
    for name in ("a.ttf", "a.woff2", "b.ttf", "a.js", "a.js.map"):
        (documentation / name).write_text("", encoding="utf-8")
    files = publish(written(tmp_path / "results", pages__a="<p>"), documentation, tmp_path / "public")
    assert {path.name for path in files if path.suffix != ".html"} == {"a.woff2", "b.ttf", "a.js"}


def test_files_of_which_a_page_has_a_part_stay_where_they_are_and_are_named(
    tmp_path: Path, documentation: Path
) -> None:
    link = '<a class="whole" href="../rank.tsv"><code>rank.tsv</code></a>'
    results = written(tmp_path / "results", pages__a=f"<p>All are in {link}, {link}.</p>")
    (results / "rank.tsv").write_text("layer", encoding="utf-8")
    files = publish(results, documentation, tmp_path / "public")
    assert {path.name for path in files} == {"index.html", "a.html"}
    page = (tmp_path / "public" / "pages" / "a.html").read_text(encoding="utf-8")
    assert page.count("<code>rank.tsv</code> (not on this site: the run has it)") == 2 and "<a" not in page


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ('<a href="missing.html">', "a link to .*missing.html, which is not there"),
        ('<img src="missing.svg">', "missing.svg"),
        ('<script src="https://cdn.example/x.js"></script>', "it loads https://cdn.example/x.js"),
        ('<link rel="stylesheet" href="//fonts.example/a.css">', "it loads //fonts.example"),
        ("<style>@import 'https://fonts.example/a.css';</style>", "it loads https://fonts.example"),
        ('<p style="background: url(http://a.example/b.png)">', "it loads http://a.example/b.png"),
        ('<video poster="http://a.example/b.png">', "it loads http://a.example/b.png"),
        ('<a href="../../secret.txt">', "a link out of it"),
    ],
)
def test_what_would_not_work_is_refused(tmp_path: Path, documentation: Path, page: str, complaint: str) -> None:
    results = written(tmp_path / "results", pages__a=page)
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    with pytest.raises(InputError, match=complaint):
        publish(results, documentation, tmp_path / "public")
    assert not (tmp_path / "public").exists()


def test_a_site_that_is_too_large_is_refused_with_its_largest_files(tmp_path: Path, documentation: Path) -> None:
    results = written(tmp_path / "results", pages__a="x" * 5000)
    assert publish(results, documentation, tmp_path / "public", largest=6000)
    with pytest.raises(InputError, match=r"a\.html"):
        publish(results, documentation, tmp_path / "public", largest=4000)
    assert (tmp_path / "public" / "index.html").is_file(), "what was there stays"


def test_pages_may_lead_to_each_other_in_circles(tmp_path: Path) -> None:
    results = written(tmp_path, pages__a='<a href="../index.html">', index='<a href="pages/a.html"><a href="#x">')
    assert len(reached(results / "index.html")) == 2


def test_a_page_loads_what_elements_name_and_leads_where_links_do() -> None:
    links = Links()
    links.feed(
        '<link rel="icon" href="data:,"><a href="b.html" id="top">b</a><source src="a.ogg"><link rel="next" href="c">'
    )
    assert (links.loads, links.leads, links.names, links.elsewhere) == (["data:,", "a.ogg"], ["b.html"], {"top"}, [])
