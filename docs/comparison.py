"""A measured comparison for its page: ``python docs/comparison.py results/comparison/tables [SETTINGS.yaml …]``.

The settings are those of the run: config.yaml and the overlays that it was given, in their order.
"""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml
from snakemake.utils import update_config

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent / "workflow" / "scripts"))

from phonotopy.core.errors import InputError  # noqa: E402
from phonotopy.core.files import replacing  # noqa: E402
from phonotopy.pages.comparison_section import read_comparison, replaced  # noqa: E402
from phonotopy.provenance.provenance import settings_digest  # noqa: E402

TABLES = {"comparison.tsv": "comparison.tsv", "maps.tsv": "comparison_maps.tsv"}  # and their names in docs/
SETTINGS = ("config.yaml", "presets/comparison.yaml")


def main(tables: Path, overlays: Sequence[Path], docs: Path) -> None:
    """Copy the tables and their settings beside the page, and write its section."""
    page, settings = docs / "comparison.md", dict[str, object]()
    for path in overlays:
        update_config(settings, yaml.safe_load(path.read_text(encoding="utf-8")))
    rows = read_comparison(tables / "comparison.tsv")
    text = replaced(page.read_text(encoding="utf-8"), rows, settings_digest(settings))
    for name, copied in TABLES.items():
        with replacing(docs / copied) as part:
            shutil.copyfile(tables / name, part)
    with replacing(docs / "comparison.yaml") as part:
        part.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    with replacing(page) as part:
        part.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    given = [Path(path) for path in sys.argv[2:]] or [DOCS.parent / name for name in SETTINGS]
    try:
        main(Path(sys.argv[1]), given, DOCS)
    except InputError as error:
        sys.exit(f"\n{error}\n")
