"""The sources a rule depends on."""

import os
import shutil
from pathlib import Path

import pytest

from phonotopy.core.errors import InputError
from preflight import sources
from preflight.sources import closure, digest, imports

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "workflow" / "scripts"


BLOCKS = """
class Loader:
    try:
        import phonotopy.a
    except ImportError:
        import phonotopy.b
    else:
        with open("x"):
            import phonotopy.c
    finally:
        for _ in ():
            import phonotopy.d
        else:
            import phonotopy.e

    match 1:
        case 1:
            while True:
                import phonotopy.f
        case _ if True:
            if 0: import phonotopy.g
            else: import phonotopy.h
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    sources = {
        "script.py": "import os\nfrom phonotopy.deep.names import b\n",
        "phonotopy/__init__.py": "",
        "phonotopy/base.py": "import math\n",
        "phonotopy/other.py": "",
        "phonotopy/deep/__init__.py": "from phonotopy.other import anything\n",
        "phonotopy/deep/dots.py": "from . import names\nfrom ..base import number\n",
        "phonotopy/deep/names.py": "import phonotopy.base as b\n",
        "phonotopy/deep/ring.py": "from phonotopy.deep import round_\n",
        "phonotopy/deep/round_.py": "def late():\n    from phonotopy.deep.ring import x\n",
        "phonotopy/blocks.py": BLOCKS,
        "phonotopy/alone.py": "import library_of_others.base\nfrom phonotopy import base as b\n",
    }
    for name, text in sources.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("phonotopy.base", {"base"}),
        ("phonotopy.alone", {"alone", "base"}),
        ("phonotopy.deep", {"deep/__init__", "other"}),
        ("phonotopy.deep.dots", {"base", "deep/__init__", "deep/dots", "deep/names", "other"}),
        ("phonotopy.deep.ring", {"deep/__init__", "deep/ring", "deep/round_", "other"}),
        ("script", {"../script", "deep/__init__", "deep/names", "base", "other"}),
    ],
)
def test_imports_are_followed_in_every_form(package: Path, module: str, expected: set[str]) -> None:
    files = {package / "phonotopy" / f"{name}.py" for name in expected | {"__init__"}}
    assert closure([module], package) == sorted(Path(os.path.normpath(file)) for file in files)


def test_imports_are_found_in_every_block(package: Path) -> None:
    assert imports("phonotopy.blocks", package) == {"phonotopy", *(f"phonotopy.{letter}" for letter in "abcdefgh")}


def test_several_modules_are_joined_without_repetition(package: Path) -> None:
    both = closure(["phonotopy.alone", "phonotopy.base"], package)
    assert both == closure(["phonotopy.alone"], package)


def test_an_unknown_module_is_refused_by_name(package: Path) -> None:
    with pytest.raises(InputError, match=r"phonotopy\.deep\.name: no such module") as caught:
        closure(["phonotopy.deep.name"], package)
    assert caught.value.advice == "did you mean phonotopy.deep.names?"


def test_a_digest_changes_with_names_and_contents_of_what_is_imported_alone(
    package: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def of(folder: Path, *others: str) -> str:
        for read in (sources._digest, sources.imports):  # a process reads every file once
            read.cache_clear()
        return digest(["script"], folder, [folder / name for name in others])

    before = of(package)
    moved = shutil.copytree(package, tmp_path_factory.mktemp("moved") / "elsewhere")
    assert of(moved) == before
    (moved / "phonotopy" / "alone.py").write_text("edited = True\n")
    assert of(moved) == before
    (moved / "phones.tsv").write_text("phone\n")
    with_resource = of(moved, "phones.tsv")
    (moved / "phones.tsv").write_text("label\n")
    assert len({before, with_resource, of(moved, "phones.tsv")}) == 3
    (moved / "phonotopy" / "base.py").write_text("import math  # edited\n")
    assert of(moved) != before


def test_a_real_chain_is_found() -> None:
    found = {path.name for path in closure(["phonotopy.core.tables"], SCRIPTS)}
    assert found == {"__init__.py", "errors.py", "files.py", "tables.py"}


def test_imports_of_one_module_name_its_packages() -> None:
    assert {"phonotopy", "phonotopy.corpus"} <= imports("phonotopy.corpus.utterances", SCRIPTS)
