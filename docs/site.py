"""A finished run and the documentation as a static site: ``python docs/site.py results site public``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow" / "scripts"))

from phonotopy.core.errors import InputError
from phonotopy.pages.static_site import publish


def main() -> None:
    """Write the site and say how large it is."""
    results, documentation, folder = map(Path, sys.argv[1:])
    try:
        files = publish(results, documentation, folder)
    except InputError as error:
        sys.exit(f"\n{error}\n")
    size = sum(path.stat().st_size for path in files) / 1e6
    sys.stdout.write(f"open {folder}/index.html ({len(files)} files, {size:.1f} MB)\n")


if __name__ == "__main__":
    main()
