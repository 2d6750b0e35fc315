"""The packages: one file for pins, and nothing used that is not pinned."""

import ast
import csv
import re
import sys
import tomllib
from importlib.metadata import distributions, metadata, packages_distributions, version
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^([a-z0-9-]+)==([0-9][0-9a-z.]*)$")
OVERLOOKED = {"parselmouth": ["praat-parselmouth"]}  # a compiled module alone, which Python 3.11 does not list
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
    beside = [path for name in (".", "slurm", "support", "programs") for path in (folder / name).glob("*.py")]
    packages = [path for path in (ROOT / "workflow" / "scripts").iterdir() if path.is_dir()]
    own = {path.stem for path in (*beside, *packages)}
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in folder.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    direct = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    modules = direct | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    heads = {name.partition(".")[0] for name in modules} - own - set(sys.stdlib_module_names)
    distributions = packages_distributions() | OVERLOOKED
    return {distributions[head][0].lower().replace("_", "-") for head in heads}


@pytest.mark.parametrize("path", sorted((ROOT / "envs").glob("*.yaml")), ids=lambda path: path.stem)
def test_conda_environments_are_whole_and_agree_with_the_pins(path: Path) -> None:
    """Named as their file, from conda-forge alone, every package pinned, wheels as in pyproject.toml."""
    environment = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(environment) == {"name", "channels", "dependencies"}
    assert environment["name"] == path.stem
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    own = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    assert all(re.fullmatch(r"[a-z0-9_.-]+=[0-9][0-9a-z.]*", entry) for entry in own), own
    known = {name: number for group in GROUPS for name, number in pins(group).items()}
    assert {name: number for name, number in (entry.split("=") for entry in own) if name in known} == {
        name: known[name] for name in (entry.split("=")[0] for entry in own) if name in known
    }
    wheels = [wheel for entry in environment["dependencies"] if isinstance(entry, dict) for wheel in entry["pip"]]
    assert {wheel: known.get(wheel.partition("==")[0]) for wheel in wheels} == {
        wheel: wheel.partition("==")[2] for wheel in wheels
    }


def test_conda_users_get_the_same_packages() -> None:
    environment = yaml.safe_load((ROOT / "envs" / "phonotopy.yaml").read_text())["dependencies"]
    wheels = next(entry["pip"] for entry in environment if isinstance(entry, dict))
    assert dict(PIN.match(wheel).groups() for wheel in wheels) == pins("run")
    assert f"pip={pins('install')['pip']}" in environment
    plugin = f"pip install snakemake-executor-plugin-slurm=={pins('slurm')['snakemake-executor-plugin-slurm']}"
    assert all(plugin in (ROOT / name).read_text() for name in ("docs/cluster.md", "envs/phonotopy.yaml"))


# Lists of all packages with hashes, by which everything is installed

LISTS = {group: ROOT / "envs" / f"requirements-{group}.txt" for group in GROUPS}
ENTRY = re.compile(
    r"^([a-z0-9-]+)==([0-9][0-9a-z.]*)( ; [^\\]+)?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n", re.MULTILINE
)


def listed(group: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Version and hashes by package and the marker that says where it is needed."""
    text = "".join(line for line in LISTS[group].read_text().splitlines(keepends=True) if not line.startswith("#"))
    entries = ENTRY.findall(text)
    assert ENTRY.sub("", text) == "", f"{LISTS[group].name}: more than packages with hashes; make lock"
    return {(name, marker): (number, hashes) for name, number, marker, hashes in entries}


@pytest.mark.parametrize("group", GROUPS)
def test_a_list_holds_the_pins_and_what_they_need_and_no_address(group: str) -> None:
    """Nothing but names, versions, markers and hashes: files come from wherever pip is set to look."""
    found = {name: number for (name, _), (number, _) in listed(group).items()}
    assert {name: found.get(name) for name in pins(group)} == pins(group), "make lock"
    assert not re.search(r"://|file:|@|^-|^ *--(?!hash)", LISTS[group].read_text(), re.MULTILINE)


def test_one_environment_can_hold_every_list() -> None:
    everything = listed("dev") | listed("slurm")
    assert all(listed(group).items() <= everything.items() for group in ("run", "slurm", "dev"))


def test_these_tests_run_with_the_listed_packages() -> None:
    """Of the packages that are here, each at the version of the list; those of other machines are not looked at."""
    here = {one.metadata["Name"].lower().replace("_", "-").replace(".", "-"): one.version for one in distributions()}
    needed: dict[str, set[str]] = {}
    for (name, _), (number, _) in listed("dev").items():
        needed.setdefault(name, set()).add(number)
    of_pip = {"setuptools"}  # which an environment may have brought
    assert {
        name: here[name] for name in needed if name in here and name not in of_pip and here[name] not in needed[name]
    } == {}


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "group"), [("workflow/scripts", "run"), ("tests", "dev")])
def test_what_is_imported_is_pinned(folder: str, group: str) -> None:
    assert used(ROOT / folder) <= set(pins(group))


def test_these_tests_run_with_the_pinned_packages() -> None:
    assert {name: version(name) for name in pins("dev")} == pins("dev")


def test_the_snakefile_asks_for_the_pinned_snakemake() -> None:
    least = re.search(r'min_version\("([0-9.]+)"\)', (ROOT / "Snakefile").read_text())
    assert least and pins("run")["snakemake"].startswith(f"{least[1]}.")


# Licences and citation

CLUES = {
    "Apache": "Apache",
    "BSD": "BSD",
    "MIT": "MIT",
    "PSF": "Python Software Foundation",
    "LGPL": "LGPL",
}  # in metadata, by licence


def licences() -> list[dict[str, str]]:
    with (ROOT / "docs" / "licences.tsv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def stated_licence(name: str) -> str:
    """All that the metadata of an installed package says of its licence."""
    found = metadata(name)
    classifiers = [entry for entry in found.get_all("Classifier") or [] if entry.startswith("License")]
    return " ".join(filter(None, [found.get("License-Expression"), found.get("License"), *classifiers]))


def test_the_licence_of_every_package_is_listed() -> None:
    listed = [row["name"] for row in licences() if row["kind"] == "package"]
    assert sorted(listed) == sorted(pins("run"))
    assert all(all(row.values()) for row in licences())


@pytest.mark.parametrize("row", [row for row in licences() if row["kind"] == "package"], ids=lambda row: row["name"])
def test_a_listed_licence_is_the_one_that_the_package_states(row: dict[str, str]) -> None:
    stated = stated_licence(row["name"])
    if row["stated"] != "metadata":
        assert not stated, "the package states its licence by now"
        return
    if " AND " in row["licence"]:
        assert row["licence"] == stated
    assert CLUES[re.split(r"[- ]", row["licence"])[0]] in stated


def newest() -> tuple[str, str]:
    """Version and date of the newest section of the changelog; versions fall from top to bottom."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (unreleased|\d{4}-\d\d-\d\d)$", text, re.MULTILINE)
    assert len(sections) == len(re.findall(r"^## ", text, re.MULTILINE))
    versions = [tuple(map(int, number.split("."))) for number, _ in sections]
    assert versions == sorted(versions, reverse=True)
    assert all(date != "unreleased" for _, date in sections[1:])
    return sections[0]


def test_the_citation_is_whole_and_agrees_with_the_licence() -> None:
    """Keys that the Citation File Format 1.2.0 asks for; the text is that of the software, not of its paper."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors", "license", "version", "type"} <= set(citation)
    assert (citation["cff-version"], citation["type"]) == ("1.2.0", "software")
    assert re.fullmatch(r"\d+\.\d+\.\d+", citation["version"])
    assert all(
        {"name"} <= set(author) or {"family-names", "given-names"} <= set(author) for author in citation["authors"]
    )
    assert str(citation.get("date-released", "unreleased")) == newest()[1]
    assert citation["version"] == newest()[0]
    own = next(row for row in licences() if row["name"] == "Phonotopy")
    assert citation["license"] == own["licence"]
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("BSD 3-Clause License")
    bibliography = (ROOT / "resources" / "references.bib").read_text(encoding="utf-8")
    for work in citation["references"]:
        assert {"type", "title", "authors", "year"} <= set(work)
        assert work["authors"][0]["family-names"].lower() in bibliography.lower()
