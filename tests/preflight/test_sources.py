"""The sources a rule depends on."""

import os
import re
import shutil
from pathlib import Path

import pytest

from phonotopy.core.errors import InputError
from preflight import sources
from preflight.sources import closure, digest, imports

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "workflow" / "scripts"
RULE = re.compile(r"^ *rule (\w+):\n(.*?)(?=^ *rule |\Z)", re.MULTILINE | re.DOTALL)


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
        sources._digest.cache_clear()  # a process reads every file once
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


def rules() -> list[tuple[str, str]]:
    """Name and text of every rule that runs a script."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "workflow" / "rules").glob("*.smk"))]
    return [(name, body) for text in texts for name, body in RULE.findall(text) if "script:" in body]


@pytest.mark.parametrize(("name", "body"), rules(), ids=[name for name, _ in rules()])
def test_a_rule_depends_on_its_script_all_that_it_imports_and_the_resources_it_reads(name: str, body: str) -> None:
    script = re.search(r'"\.\./scripts/(\w+\.(?:py|sh))"', body)
    params = re.search(r"^( *)params:\n((?:\1    .*\n)+)", body, re.MULTILINE)
    assert script, name
    assert params, name
    declared = re.search(r"library=library\((.*)\),\n", params[2])
    assert declared, name
    named = re.findall(r'"([\w.]+)"', declared[1])
    assert named[0] == script[1]
    assert {*named[1:]} >= {*re.findall(r'resource\("([\w.]+)"\)', body.partition("input:")[2].partition("output:")[0])}


def test_imports_of_one_module_name_its_packages() -> None:
    assert {"phonotopy", "phonotopy.corpus"} <= imports("phonotopy.corpus.utterances", SCRIPTS)
