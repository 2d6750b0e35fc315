"""The table of benches and the file it leaves."""

import json
from pathlib import Path

import pytest
import torch

import bench
import costs
import objectives_bench
from phonotopy.core.grid import Grid
from phonotopy.recogniser.network import Output
from phonotopy.recogniser.objectives.objective import FRAME_STEP, OBJECTIVES, Objective


def test_a_bench_has_a_line_and_an_entry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "benchmarks" / "bench.json"
    table = {"one": lambda: bench.Found(51.26, "how"), "two": lambda: bench.Found(2.0, "so")}
    bench.main(path, table, table)
    assert capsys.readouterr().out == "one\t51.3\thow\ntwo\t2\tso\n"
    assert json.loads(path.read_text()) == {
        "one": {"ratio": 51.3, "measured": "how"},
        "two": {"ratio": 2.0, "measured": "so"},
    }


def test_what_other_people_wait_for_is_among_the_names() -> None:
    assert {"moran_16x16_over_esda", "moran_32x64_over_esda"} <= set(bench.BENCHES)


def test_every_objective_is_measured_in_a_step_and_beside_a_peer() -> None:
    assert objectives_bench.NAIVE.keys() == OBJECTIVES.keys()
    for name in OBJECTIVES:
        peers = [other for other in bench.BENCHES if other.startswith(f"{name}_over_")]
        assert f"{name}_share_of_step" in bench.BENCHES
        assert len(peers) == 1


@pytest.mark.parametrize("name", sorted(OBJECTIVES))
def test_a_naive_form_is_the_objective(name: str) -> None:
    """On every frame of responses; the objective itself takes every second one."""
    torch.manual_seed(3)
    grid = Grid(4, 6)
    filters, heard = torch.randn(grid.units, 5), torch.rand(grid.units, 30)
    settings = {"weight": 1.0, "factor": 2.0, "shape": "gaussian", "radius": 1.4}
    twice = heard.repeat_interleave(FRAME_STEP, dim=1)[None]
    output = Output(torch.empty(0), torch.empty(0), [twice], [torch.tensor([twice.shape[2]])])
    expected = Objective(name, settings, [grid], [1])([filters], output)
    assert float(objectives_bench.NAIVE[name](grid, filters, heard, settings)) == pytest.approx(
        float(expected), rel=1e-4
    )


def test_seconds_are_those_of_the_fastest_repeat() -> None:
    calls: list[int] = []
    assert bench.seconds(lambda: calls.append(1)) >= 0
    assert len(calls) == bench.REPEATS + 1, "the first one compiles"


def test_trainings_are_compared_by_condition(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for condition, seed, seconds in (("a", 0, 10.0), ("a", 1, 13.0), ("b", 0, 7.5)):
        path = tmp_path / "training" / "speech" / condition / f"seed{seed}" / "train.tsv"
        path.parent.mkdir(parents=True)
        path.write_text(f"s\tmax_rss\n{seconds}\t-\n", encoding="utf-8")
        (path.parent / "recognise.tsv").write_text("s\tmax_rss\n99\t-\n", encoding="utf-8")
    costs.compare(tmp_path, "train")
    lines = ["condition\tjobs\tmean_seconds\tleast\tmost", "a\t2\t11.5\t10.0\t13.0", "b\t1\t7.5\t7.5\t7.5"]
    assert capsys.readouterr().out.splitlines() == lines
