"""A measured comparison for its page: ``python docs/comparison.py results/comparison/tables/comparison.tsv``."""

import shutil
import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent / "workflow" / "scripts"))

from phonotopy.core.errors import InputError  # noqa: E402
from phonotopy.core.files import replacing  # noqa: E402
from phonotopy.pages.comparison_section import read_comparison, replaced  # noqa: E402


def main(table: Path, docs: Path) -> None:
    """Copy the table beside the page, and write its section."""
    page = docs / "comparison.md"
    text = replaced(page.read_text(encoding="utf-8"), read_comparison(table))
    with replacing(docs / "comparison.tsv") as part:
        shutil.copyfile(table, part)
    with replacing(page) as part:
        part.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), DOCS)
    except InputError as error:
        sys.exit(f"\n{error}\n")
