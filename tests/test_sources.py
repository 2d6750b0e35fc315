"""The sources a rule depends on."""

import ast
import re
from pathlib import Path

import pytest
from phonotopy.errors import InputError
from preflight.sources import closure, imports

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "workflow" / "scripts"
RULE = re.compile(r"^ *rule (\w+):\n(.*?)(?=^ *rule |\Z)", re.MULTILINE | re.DOTALL)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    sources = {
        "lib/__init__.py": "",
        "lib/base.py": "import math\n",
        "lib/other.py": "",
        "lib/deep/__init__.py": "from lib.other import anything\n",
        "lib/deep/dots.py": "from . import names\nfrom ..base import number\n",
        "lib/deep/names.py": "import lib.base as b\n",
        "lib/deep/ring.py": "from lib.deep import round_\n",
        "lib/deep/round_.py": "def late():\n    from lib.deep.ring import x\n",
        "lib/alone.py": "import library_of_others.base\nfrom lib import base as b\n",
    }
    for name, text in sources.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("lib.base", ["lib/__init__.py", "lib/base.py"]),
        ("lib.alone", ["lib/__init__.py", "lib/alone.py", "lib/base.py"]),
        ("lib.deep", ["lib/__init__.py", "lib/deep/__init__.py", "lib/other.py"]),
        (
            "lib.deep.dots",
            [
                "lib/__init__.py",
                "lib/base.py",
                "lib/deep/__init__.py",
                "lib/deep/dots.py",
                "lib/deep/names.py",
                "lib/other.py",
            ],
        ),
        (
            "lib.deep.ring",
            ["lib/__init__.py", "lib/deep/__init__.py", "lib/deep/ring.py", "lib/deep/round_.py", "lib/other.py"],
        ),
    ],
)
def test_imports_are_followed_in_every_form(package: Path, module: str, expected: list[str]) -> None:
    assert closure([module], package) == [package / name for name in expected]


def test_several_modules_are_joined_without_repetition(package: Path) -> None:
    both = closure(["lib.alone", "lib.base"], package)
    assert both == closure(["lib.alone"], package)


def test_an_unknown_module_is_refused_by_name(package: Path) -> None:
    with pytest.raises(InputError, match=r"lib\.deep\.name: no such module") as caught:
        closure(["lib.deep.name"], package)
    assert caught.value.advice == "did you mean lib.deep.names?"


def test_a_real_chain_is_found() -> None:
    found = {path.name for path in closure(["phonotopy.tables"], SCRIPTS)}
    assert found == {"__init__.py", "errors.py", "files.py", "tables.py"}


def rules() -> list[tuple[str, str]]:
    """Name and text of every rule that runs a script."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "workflow" / "rules").glob("*.smk"))]
    return [(name, body) for text in texts for name, body in RULE.findall(text) if "script:" in body]


@pytest.mark.parametrize(("name", "body"), rules(), ids=[name for name, _ in rules()])
def test_a_rule_depends_on_everything_its_script_imports(name: str, body: str) -> None:
    script = re.search(r'"\.\./scripts/(\w+\.py)"', body)
    declared = re.search(r"library=library\((.*?)\)", body, re.DOTALL)
    assert script, name
    modules = [f"phonotopy.{module}" for module in ast.literal_eval(f"({declared[1]},)")] if declared else []
    tree = ast.parse((SCRIPTS / script[1]).read_text(encoding="utf-8"))
    needed = {alias for node in ast.walk(tree) for alias in named(node)}
    assert needed <= set(closure(modules, SCRIPTS))


def named(node: ast.AST) -> set[Path]:
    """Files of the library that one import statement of a script names."""
    if isinstance(node, ast.Import):
        dotted = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        dotted = [f"{node.module}.{alias.name}" for alias in node.names]
    else:
        return set()
    heads = [name.split(".") for name in dotted if name.startswith("phonotopy")]
    paths = [SCRIPTS.joinpath(*parts[:size]).with_suffix(".py") for parts in heads for size in range(2, len(parts) + 1)]
    return {path for path in paths if path.is_file()}


def test_imports_of_one_module_name_its_packages() -> None:
    assert {"phonotopy", "phonotopy.speech"} <= imports("phonotopy.speech.corpus", SCRIPTS)
