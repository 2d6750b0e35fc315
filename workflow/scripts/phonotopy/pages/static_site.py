"""A run as a static site: everything that its first page leads to, and the documentation."""

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from phonotopy.core.errors import InputError
from phonotopy.core.files import replacing_folder
from phonotopy.pages.links import WHOLE, read_links

__all__ = ["FIRST_PAGE", "LARGEST", "publish", "reached"]

FIRST_PAGE = "index.html"
LARGEST = 60_000_000  # bytes of a whole site, which hosting services still take
DOCUMENTATION = "docs"
LINK = "</nav>\n</header>"
LEFT_OUT = re.compile(rf'<a class="{WHOLE}" href="[^"]*">(.*?)</a>', re.DOTALL)
NOTE = "(not on this site: the run has it)"


def reached(first: Path) -> list[Path]:
    """The page and all files that links lead to from it, in the order in which they are found.

    Files of which a page has a part are not among them.
    InputError for a link to a file that is not there, and for a page that would load something from a network.
    """
    found, waiting = {first.resolve(): None}, [first.resolve()]
    while waiting:
        page = waiting.pop(0)
        links = read_links(page)
        if links.elsewhere:
            advice = "put it into the page or beside it"
            raise InputError(str(page), f"it loads {links.elsewhere[0]}", "nothing from a network", advice)
        for file, _ in links.files(page):
            path = Path(os.path.normpath(file))
            if not path.is_file():
                raise InputError(str(page), f"a link to {path}, which is not there", "a file", "make the pages again")
            if path not in found:
                found[path] = None
                waiting += [path] if path.suffix == ".html" else []
    return [*found]


def publish(results: Path, documentation: Path, folder: Path, largest: int = LARGEST) -> list[Path]:
    """Write the site into `folder`, whole or not at all, and return its files; `documentation` is a folder of pages.

    Files of which a page has a part stay in the results, and the page says so.
    InputError where it would be larger than `largest` bytes, where a page leads out of the results, or as `reached`.
    """
    root = results.resolve()
    files = reached(results / FIRST_PAGE)
    outside = [path for path in files if not path.is_relative_to(root)]
    if outside:
        advice = "leave the page out of the site, or write the file into the results"
        raise InputError(str(results), f"a link out of it, to {outside[0]}", "links to results alone", advice)
    with replacing_folder(folder) as part:
        for path in files:
            target = part / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(path, target)
        shutil.copytree(documentation, part / DOCUMENTATION, ignore=_unneeded)
        _add_documentation(part / FIRST_PAGE)
        written = [path for path in sorted(part.rglob("*")) if path.is_file()]
        _check(part, written, largest)
        return [folder / path.relative_to(part) for path in written]


def _unneeded(_folder: str, names: Sequence[str]) -> set[str]:
    """Files for debuggers, and fonts that are there in the form that browsers take, too."""
    smaller = {Path(name).stem for name in names if name.endswith(".woff2")}
    return {name for name in names if name.endswith(".map") or (name.endswith(".ttf") and Path(name).stem in smaller)}


def _copy(path: Path, target: Path) -> None:
    """A file of the site; what it leaves out is named where a page has a link to it."""
    text = path.read_text(encoding="utf-8") if path.suffix == ".html" and read_links(path).whole else ""
    if text:
        target.write_text(LEFT_OUT.sub(rf"\1 {NOTE}", text), encoding="utf-8")
    else:
        shutil.copyfile(path, target)


def _add_documentation(page: Path) -> None:
    """A link from the first page to the documentation."""
    text = page.read_text(encoding="utf-8")
    if text.count(LINK) != 1:
        raise InputError(str(page), "no list of pages at its top", "the first page of this version", "make it again")
    link = f'<a href="{DOCUMENTATION}/{FIRST_PAGE}">Documentation</a>\n{LINK}'
    page.write_text(text.replace(LINK, link), encoding="utf-8")


def _check(part: Path, files: Sequence[Path], largest: int) -> None:
    """That all links of the whole site lead somewhere within it, and that it is small enough."""
    reached(part / FIRST_PAGE)
    size = sum(path.stat().st_size for path in files)
    if size > largest:
        heavy = sorted(files, key=lambda path: -path.stat().st_size)[:3]
        named = ", ".join(f"{path.name} ({path.stat().st_size / 1e6:.0f} MB)" for path in heavy)
        advice = "fewer seeds or conditions in `run`, or one format in figures.formats"
        raise InputError("the site", f"{size / 1e6:.0f} MB, most of it {named}", f"{largest / 1e6:.0f} MB", advice)
