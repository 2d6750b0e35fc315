"""Conditions that are networks of others: their plans, and their way from audio to maps and layouts."""

from pathlib import Path

import pytest
import torch
from torch import nn

from parsed import rules
from phonotopy.activations.geometry import read_geometry
from running import checkout, edited, planned, rows, snakemake

__all__ = ["checkout"]

pytestmark = pytest.mark.slow

MODULE = """
from torch import nn


def small():
    return nn.Sequential(
        nn.Unflatten(1, (1, -1)), nn.Conv1d(1, 16, 80, stride=40), nn.ReLU(), nn.Conv1d(16, 32, 5, stride=4)
    )
"""
OVERLAY = """
run: [mine, laid]
reference: mine
conditions:
  mine: {model: "own/module.py:small", weights: "own/seed{seed}.pt", layers: ["1", "3"], sample_rate_hz: 8000}
  laid: {layout: annealed, of: mine}
"""
BUNDLE = """
run: [theirs]
reference: theirs
conditions: {theirs: {model: "torchaudio:WAV2VEC2_BASE", layers: [encoder.transformer.layers.0]}}
corpus: {librispeech: {cache: elsewhere}}
"""


@pytest.fixture(scope="module")
def brought(checkout: Path) -> Path:
    """A checkout with a module of one's own and random weights."""
    (checkout / "own").mkdir()
    (checkout / "own" / "module.py").write_text(MODULE)
    namespace: dict[str, object] = {}
    exec(MODULE, namespace)
    torch.manual_seed(0)
    network = namespace["small"]()  # type: ignore[operator]
    assert isinstance(network, nn.Module)
    torch.save(network.state_dict(), checkout / "own" / "seed0.pt")
    return checkout


def test_a_model_needs_speech_and_its_alignment_but_no_training(brought: Path) -> None:
    plan = planned(brought, overlay=OVERLAY)
    once = ("synthesise", "features", "sound", "measure_model", "respond_model", "comoments_model", "layout", "ladder")
    assert {name: plan.get(name) for name in once} == {**dict.fromkeys(once, 1), "ladder": 2}
    never = {"train", "recognise", "respond", "comoments", "fetch_weights", "unit_filters", "frames"}
    assert not never & plan.keys()
    assert not {"draw_learning_curves", "draw_error_rates"} & plan.keys()


def test_weights_of_a_bundle_are_fetched_by_a_job_of_this_machine(brought: Path) -> None:
    plan = planned(brought, overlay=BUNDLE)
    assert (plan["fetch_weights"], plan["measure_model"], plan["respond_model"]) == (1, 1, 1)
    fetching = rules()["fetch_weights"].parsed
    assert fetching.ruleinfo.localrule is True, "nodes of a cluster often have no network"
    found = snakemake(brought, "--cores", "1", overlay=BUNDLE.replace("WAV2VEC2_BASE", "WAV2VEC3_BASE"))
    assert found.returncode != 0 and "did you mean torchaudio:WAV2VEC2_BASE?" in found.stdout


def test_a_module_of_ones_own_goes_from_audio_to_maps_and_a_layout(brought: Path) -> None:
    mapped = "results/smoke/mapping/synthetic/{}/seed0/autocorrelation.tsv"
    wanted = [mapped.format(name) for name in ("mine", "laid")]
    run = snakemake(brought, *wanted, "--cores", "2", overlay=OVERLAY)
    assert run.returncode == 0, run.stdout
    folder = brought / "results/smoke/activations/synthetic"
    geometry = read_geometry(folder / "mine/seed0/geometry.tsv")
    assert [(one.name, one.grid.units) for one in geometry.values()] == [("1", 16), ("3", 32)]
    assert [one.clock.stride_s for one in geometry.values()] == [0.005, 0.02]
    assert {row["layer"] for row in rows(brought / wanted[0])} == {"1", "2"}
    moved = [row["row"] + row["column"] for row in rows(folder / "laid/seed0/placement.tsv")]
    assert moved != [row["row"] + row["column"] for row in rows(folder / "mine/seed0/placement.tsv")]
    assert planned(brought, *wanted, overlay=OVERLAY) == {}
    with edited(brought / "own" / "module.py", "stride=4", "stride=4, padding=2"):
        again = planned(brought, *wanted, overlay=OVERLAY)
    assert {"measure_model", "respond_model", "comoments_model"} <= again.keys() and "sound" not in again
    asked = OVERLAY.replace('"1", "3"', '"4", "3"')
    assert {"measure_model", "respond_model", "comoments_model"} <= planned(brought, *wanted, overlay=asked).keys()
    measured = "results/smoke/activations/synthetic/mine/seed0/measured.tsv"
    run = snakemake(brought, measured, "--cores", "1", overlay=asked)
    assert run.returncode != 0 and "conditions.mine.layers[0]: no submodule '4'" in run.stdout
