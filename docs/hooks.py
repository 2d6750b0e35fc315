"""Pages and files that lie outside docs/ but belong to the site, links to them, and the whole dictionary."""

import re
import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "workflow" / "scripts"))

from declarations.tables import described  # noqa: E402
from phonotopy.provenance.dictionary import compose  # noqa: E402

PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
LINK = re.compile(r"(?<=\]\()(?!\w+:|#)([^)\s#]+)")  # target of a relative link, without its anchor


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the root, every file outside docs/ that a page links to, and what modules say of tables."""
    for name in PAGES:
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, name, content=LINK.sub(lambda link: _within(link[1]), text)))
    for page in [page for page in files.documentation_pages() if page.src_uri not in PAGES]:
        text = compose(page.content_string, described()) if page.src_uri == "dictionary.md" else page.content_string
        page.content_string = LINK.sub(lambda link: link[1].removeprefix("../"), text)
    pages = [file.content_string for file in files.documentation_pages()]
    for target in sorted({link for page in pages for link in LINK.findall(page)}):
        if files.get_file_from_path(target) is None and (ROOT / target).is_file():
            files.append(File.generated(config, target, abs_src_path=str(ROOT / target)))
    return files


def _within(target: str) -> str:
    """A link of the root as it is among the pages of docs/."""
    return target.removeprefix("docs/")
