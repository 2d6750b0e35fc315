"""A measured comparison for its page: ``python docs/comparison.py NAME results/comparison/tables [SETTINGS.yaml …]``.

The name is that of its section in docs/comparison.md and of its folder in docs/measured. The settings are those of the
run: config.yaml and the overlays that it was given, in their order.
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

TABLES = ("comparison.tsv", "maps.tsv")
SETTINGS = ("config.yaml", "presets/comparison.yaml")


def main(name: str, tables: Path, overlays: Sequence[Path], docs: Path) -> None:
    """Copy the tables and their settings beside the page, and write their section."""
    page, folder, settings = docs / "comparison.md", docs / "measured" / name, dict[str, object]()
    for path in overlays:
        update_config(settings, yaml.safe_load(path.read_text(encoding="utf-8")))
    rows = read_comparison(tables / "comparison.tsv")
    text = replaced(page.read_text(encoding="utf-8"), name, rows, settings_digest(settings))
    folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        with replacing(folder / table) as part:
            shutil.copyfile(tables / table, part)
    with replacing(folder / "settings.yaml") as part:
        part.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    with replacing(page) as part:
        part.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    given = [Path(path) for path in sys.argv[3:]] or [DOCS.parent / name for name in SETTINGS]
    try:
        main(sys.argv[1], Path(sys.argv[2]), given, DOCS)
    except InputError as error:
        sys.exit(f"\n{error}\n")
