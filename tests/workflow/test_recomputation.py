"""Tables hold what code that shares nothing with the library computes from the arrays of the same run."""

import ast
import math
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml

import definitions
import recomputation
from recomputation import Computed, Settings, compared, layers_of, recomputed, trainings
from running import ROOT, SMOKE

FOREIGN = {"h5py", "numpy", "scipy"}
STANDARD = {"collections", "csv", "dataclasses", "math", "pathlib", "typing"}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{'.' * node.level}{node.module}".partition(".")[0] or "."


def test_nothing_of_the_library_is_used() -> None:
    for module, own in ((definitions, set[str]()), (recomputation, {"definitions"})):
        assert {*imported(Path(str(module.__file__)))} <= FOREIGN | STANDARD | own


def test_definitions_have_known_answers() -> None:
    assert definitions.edits("kitten", "sitting") == 3
    assert definitions.edits(["a", "b"], []) == 2
    plane, everywhere = definitions.Plane(2, 2, False), np.ones(4, dtype=bool)
    board = np.array([1.0, -1.0, -1.0, 1.0])
    assert definitions.morans_i(board, plane.weights("rook", everywhere)) == -1
    assert definitions.morans_i(board, plane.weights("queen", everywhere)) == pytest.approx(-1 / 3)
    assert definitions.gearys_c(board, plane.weights("rook", everywhere)) == pytest.approx(1.5)
    assert plane.regions(board > 0) == (1, 2)
    assert definitions.rank(np.diag([1.0, 1.0, 0.0])) == pytest.approx(2)
    assert definitions.auc(np.array([[1.0], [2.0], [2.0]]), np.array([0, 0, 1]), [0, 1]).ravel().tolist() == [
        0.25,
        0.75,
    ]


def settings() -> Settings:
    """Those of the tiny configuration."""
    base, own = (yaml.safe_load((ROOT / name).read_text(encoding="utf-8")) for name in ("config.yaml", SMOKE))
    mapping = {**base["mapping"], **own["mapping"]}
    return Settings(
        mapping["minimum_tokens"],
        mapping["minimum_speakers"],
        mapping["responsive_d_prime"],
        mapping["false_discovery_rate"],
        mapping["contiguity"],
        base["reference"],
        {name: one["of"] for name, one in base["conditions"].items() if "layout" in one},
    )


@pytest.fixture(scope="module")
def computed(finished: Path) -> list[Computed]:
    return list(recomputed(finished / "results" / "smoke", settings()))


@pytest.mark.slow
def test_tables_hold_what_the_arrays_say(finished: Path, computed: list[Computed]) -> None:
    cells = list(compared(finished / "results" / "smoke", computed))
    assert [cell for cell in cells if cell.found] == []
    counts = Counter((Path(cell.table).stem, cell.column) for cell in cells)
    statistics = {("selectivity", name) for name in ("d_prime", "t", "p", "q", "responsive", "auc")}
    assert statistics <= counts.keys()
    assert {counts[one] for one in statistics} == {3 * 2 * 16 * 39}, "three conditions, two layers, units, phones"
    assert counts["autocorrelation", "observed"] == 3 * 2 * 40 * 2 * 3, "two neighbourhoods; I, C, and I under labels"
    assert counts["regions", "observed"] == 3 * 2 * 40 * 3
    assert counts["rank", "effective_rank"] == counts["topography", "morans_i_mean"] == 3 * 2
    assert counts["recognition", "letter_error_rate"] == 2 * 3, "two trainings, three splits"


@pytest.mark.slow
def test_streamed_means_are_those_of_stored_tokens(finished: Path) -> None:
    results = finished / "results" / "smoke"
    for training in trainings(results):
        assert all(layer.drift < 1e-6 for _, layer in layers_of(results, *training, settings()))


ALTERED = [
    ("mapping/synthetic/shuffled/seed0/selectivity.tsv", "d_prime"),
    ("mapping/synthetic/control/seed0/selectivity.tsv", "q"),
    ("mapping/synthetic/control/seed0/selectivity.tsv", "responsive"),
    ("mapping/synthetic/topographic/seed0/selectivity.tsv", "auc"),
    ("mapping/synthetic/topographic/seed0/selectivity.tsv", "column"),
    ("mapping/synthetic/topographic/seed0/autocorrelation.tsv", "observed"),
    ("mapping/synthetic/shuffled/seed0/regions.tsv", "observed"),
    ("mapping/synthetic/control/seed0/rank.tsv", "filter_rank"),
    ("tables/topography.tsv", "effective_rank_share"),
    ("tables/recognition.tsv", "word_error_rate"),
]


def altered(text: str) -> str:
    """Another cell: other in the seventh digit if it is a number, and farther from 0."""
    if text in ("true", "false"):
        return {"true": "false", "false": "true"}[text]
    return f"{float(text) * (1 + 1e-6) + math.copysign(1e-7, float(text)):.9g}"


def alter(path: Path, column: str) -> str:
    """Write another value into the last cell of the column that holds one; what is there then."""
    names, *lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    number = names.index(column)
    line = next(line for line in reversed(lines) if line[number])
    line[number] = altered(line[number])
    path.write_text("\n".join("\t".join(cells) for cells in [names, *lines]), encoding="utf-8")
    return line[number]


@pytest.fixture
def copy(finished: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Copies a table of the run to the same path in another folder."""

    def copied(path: str) -> Path:
        (tmp_path / path).parent.mkdir(parents=True)
        return shutil.copy(finished / "results" / "smoke" / path, tmp_path / path)

    return copied


@pytest.mark.slow
@pytest.mark.parametrize(("path", "column"), ALTERED)
def test_a_cell_that_is_altered_is_found(
    copy: Callable[[str], Path], computed: list[Computed], tmp_path: Path, path: str, column: str
) -> None:
    held = alter(copy(path), column)
    cells = compared(tmp_path, [one for one in computed if one.path == path])
    assert [(cell.column, cell.held) for cell in cells if cell.found] == [(column, held)]


@pytest.mark.slow
def test_a_row_that_is_missing_is_found(copy: Callable[[str], Path], computed: list[Computed], tmp_path: Path) -> None:
    table = copy("tables/recognition.tsv")
    table.write_text("".join(table.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    cells = compared(tmp_path, [one for one in computed if one.path == "tables/recognition.tsv"])
    assert {cell.held for cell in cells if cell.found} == {None}
