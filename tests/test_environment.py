"""The packages: one place for pins, and nothing used that is not pinned."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^([a-z0-9-]+)==([0-9][0-9a-z.]*)$")
GROUPS: dict[str, list[Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]


def pins(group: str) -> dict[str, str]:
    """Version by name, included groups resolved."""
    found: dict[str, str] = {}
    for entry in GROUPS[group]:
        if isinstance(entry, dict):
            found |= pins(entry["include-group"])
        else:
            match = PIN.match(entry)
            assert match, f"{entry} is no exact pin"
            found[match[1]] = match[2]
    return found


def used(folder: Path) -> set[str]:
    """Distributions that the Python files below the folder import, the project's own modules left out."""
    own = {path.stem for path in folder.glob("*.py")} | {"phonotopy", "preflight"}
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in folder.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    direct = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    modules = direct | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    heads = {name.partition(".")[0] for name in modules} - own - set(sys.stdlib_module_names)
    distributions = packages_distributions()
    return {distributions[head][0].lower().replace("_", "-") for head in heads}


def test_conda_users_get_the_same_packages() -> None:
    environment = yaml.safe_load((ROOT / "envs" / "phonotopy.yaml").read_text())["dependencies"]
    wheels = next(entry["pip"] for entry in environment if isinstance(entry, dict))
    assert dict(PIN.match(wheel).groups() for wheel in wheels) == pins("run")
    assert f"pip={pins('install')['pip']}" in environment


@pytest.mark.parametrize(("folder", "group"), [("workflow/scripts", "run"), ("tests", "dev")])
def test_what_is_imported_is_pinned(folder: str, group: str) -> None:
    assert used(ROOT / folder) <= set(pins(group))


def test_these_tests_run_with_the_pinned_packages() -> None:
    assert {name: version(name) for name in pins("dev")} == pins("dev")


def test_the_snakefile_asks_for_the_pinned_snakemake() -> None:
    least = re.search(r'min_version\("([0-9.]+)"\)', (ROOT / "Snakefile").read_text())
    assert least and pins("run")["snakemake"].startswith(f"{least[1]}.")
