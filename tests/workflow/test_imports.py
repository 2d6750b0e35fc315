"""Which parts of the code may know which others."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "workflow" / "scripts"
LIBRARY = sorted((SCRIPTS / "phonotopy").rglob("*.py"))
MODULES = sorted(SCRIPTS.rglob("*.py"))

# Rooms of the library, each with the rooms whose modules it may import; every room may import its own and core.
DATA = {"audio", "annotation", "download", "corpus", "alignment"}
STATISTICS = {"activations", "inference", "spatial", "selectivity"}
LOWER = {
    "core": set[str](),
    "provenance": set[str](),
    "audio": set[str](),
    "download": set[str](),
    "annotation": {"audio"},
    "corpus": {"audio", "annotation", "download"},
    "alignment": {"audio", "annotation", "corpus"},
    "recogniser": DATA - {"download"},
    "activations": {"annotation", "audio", "recogniser"},
    "inference": set[str](),
    "spatial": {"inference"},
    "selectivity": {"activations", "inference", "spatial"},
    "encoding": STATISTICS,
    "introspection": STATISTICS | {"annotation", "audio", "recogniser"},
    "organisation": STATISTICS,
    "temporal": STATISTICS | {"organisation"},
    "comparisons": STATISTICS | {"encoding", "organisation"},
    "calibration": STATISTICS | {"encoding", "introspection", "organisation", "temporal", "comparisons"},
    "figures": {"corpus", "alignment", "encoding"},
    "pages": {"comparisons"},
    "explorer": {"activations", "selectivity", "temporal"},
    "film": {"activations", "annotation", "corpus", "figures"},
}
MOST = 15  # modules of a room
LONGEST = 300  # lines of a module


TORCHED = {"recogniser", "activations", "introspection"}  # rooms where networks compute
STATISTICAL = [path for path in LIBRARY if not TORCHED & {*path.parts}]


def imported(tree: ast.AST) -> Iterator[str]:
    """Dotted names in every import statement; `from a import b` gives a.b, since b may be a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


@cache
def names(path: Path) -> frozenset[str]:
    return frozenset(imported(ast.parse(path.read_text(encoding="utf-8"))))


def room(parts: list[str] | tuple[str, ...]) -> str:
    """The room of a module, from its path or dotted name below phonotopy."""
    return parts[0] if parts and parts[0] in LOWER else ""


def identify(path: Path) -> str:
    return str(path.relative_to(SCRIPTS))


def test_the_library_is_found() -> None:
    assert {room(path.relative_to(SCRIPTS / "phonotopy").parts) for path in LIBRARY} - {""} == set(LOWER)


@pytest.mark.parametrize("folder", sorted({path.parent for path in LIBRARY}), ids=identify)
def test_a_room_can_be_taken_in_at_a_glance(folder: Path) -> None:
    assert len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) <= MOST


@pytest.mark.parametrize("path", sorted(SCRIPTS.rglob("*.py")), ids=identify)
def test_a_module_is_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_a_name_of_a_module_stands_for_one_thing() -> None:
    """Figures are named after the statistics that they show; elsewhere a name is there once."""
    found = [path.stem for path in LIBRARY if path.name != "__init__.py" and "figures" not in path.parts]
    assert sorted(set(found)) == sorted(found)


@pytest.mark.parametrize("path", LIBRARY, ids=identify)
def test_imports_point_downwards(path: Path) -> None:
    own = room(path.relative_to(SCRIPTS / "phonotopy").parts)
    allowed = LOWER.get(own, set()) | {own, "core"}
    internal = [name.split(".")[1:] for name in names(path) if name.startswith("phonotopy.")]
    assert {room(name) for name in internal} <= allowed


@pytest.mark.parametrize("path", LIBRARY, ids=identify)
def test_the_library_knows_neither_the_workflow_nor_itself_by_relative_names(path: Path) -> None:
    heads = {name.partition(".")[0] for name in names(path)}
    assert not heads & {"snakemake", "preflight", "progress", ""}


@pytest.mark.parametrize("path", STATISTICAL, ids=identify)
def test_statistics_need_no_torch(path: Path) -> None:
    """Nor does anything that they import."""
    waiting, seen = [path], set()
    while waiting:
        current = waiting.pop()
        seen.add(current)
        assert not {"torch", "torchaudio"} & {name.partition(".")[0] for name in names(current)}, identify(current)
        found = {file for name in names(current) if name.startswith("phonotopy.") for file in files(name)}
        waiting += found - seen
    assert path in seen


@cache
def files(name: str) -> frozenset[Path]:
    """The module file that a dotted name, or its head, stands for."""
    paths = [SCRIPTS.joinpath(*dotted.split(".")) for dotted in (name, name.rpartition(".")[0])]
    found = [file for path in paths for file in (path.with_suffix(".py"), path / "__init__.py")]
    return frozenset(file for file in found if file.is_file())


@pytest.mark.parametrize("path", sorted(SCRIPTS.glob("*.py")), ids=identify)
def test_scripts_are_short_and_read_no_configuration(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    accesses = {node.attr for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)}
    assert "config" not in accesses, "settings come as params, or Snakemake cannot see that they changed"
    assert len(text.splitlines()) <= 30


@pytest.mark.parametrize("path", MODULES, ids=identify)
def test_every_module_says_in_one_line_what_it_is(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    first, *rest = docstring.splitlines()[:2] or [""]
    assert first.endswith(".")
    assert rest in ([], [""])
