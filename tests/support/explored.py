"""A fabricated run as the explorer reads it: conditions may be unlike, and one has neither weights nor measures."""

import base64
import json
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from declarations.pages import EXPLORER
from figure_materials import acoustics_measures, rows, unit_variance, written
from figure_tables import RESOURCES, Fabricated, inventory
from phonotopy.activations import store
from phonotopy.activations.clock import Clock
from phonotopy.activations.geometry import Layer, write_geometry
from phonotopy.activations.placement import write_placement
from phonotopy.explorer.explorer import Contents, explored
from phonotopy.explorer.meanings import read_meanings
from phonotopy.explorer.page import write_page
from phonotopy.explorer.trainings_shown import Shown, measures_of, shown_of
from phonotopy.provenance.dictionary import compose
from phonotopy.selectivity.d_prime import Criteria

Floats = NDArray[np.float64]
WEB = RESOURCES / "web"
CRITERIA = Criteria(minimum_tokens=5, minimum_speakers=2, d_prime=0.5, false_discovery_rate=0.05)
SPEAKERS = ("anna nemo", "ben nobody")  # names that no page may show
LAGS = np.array([-0.04, 0.0, 0.04, 0.08])


def fabricated(folder: Path, tables: Fabricated, bare: Sequence[str] = ()) -> list[Shown]:
    """Write the files of all trainings; `bare` conditions are responses alone, with units at random positions."""
    files: dict[str, list[str]] = {"tables": [], "geometry": [], "placement": [], "filters": []}
    responses = []
    for condition, seed in tables.trainings:
        here = folder / condition / f"seed{seed}"
        here.mkdir(parents=True)
        files["geometry"].append(str(here / "geometry.tsv"))
        files["placement"].append(str(here / "placement.tsv"))
        _place(here, tables, condition, shuffled=condition in bare)
        made = [("selectivity", rows(tables, "selectivity", condition, seed))]
        made += [("preferences", rows(tables, "preferences", condition, seed))]
        if condition not in bare:
            made += [("unit_variance", _numbered(unit_variance(tables, condition, seed)))]
            made += [("acoustics_measures", _numbered(acoustics_measures(tables, condition, seed)))]
            files["filters"].append(str(here / "unit_filters.npz"))
            _filter(here, tables, condition, seed)
        files["tables"] += [str(written(here / f"{name}.tsv", found)) for name, found in made]
        files["tables"].append(str(written(here / "courses.tsv", rows(tables, "courses", condition, seed))))
        responses.append(str(here / "responses.nc"))
        _respond(here / "responses.nc", tables, condition, seed)
    return shown_of(tables.trainings, files, responses)


def _numbered(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with the number of the unit, which is that of its position."""
    wide = {row["layer"]: 0 for row in found}
    for row in found:
        wide[row["layer"]] = max(wide[row["layer"]], row["column"] + 1)
    return [{"layer": row["layer"], "unit": row["row"] * wide[row["layer"]] + row["column"], **row} for row in found]


def _place(here: Path, tables: Fabricated, condition: str, *, shuffled: bool) -> None:
    grids = dict(enumerate(tables.grids_of(condition), start=1))
    clock = Clock(0.02, 0.0, 0.125)
    write_geometry(here / "geometry.tsv", [Layer(n, f"layer{n}", grid, clock) for n, grid in grids.items()])
    random = tables.generator("placement", condition)
    order = {n: random.permutation(grid.units) if shuffled else np.arange(grid.units) for n, grid in grids.items()}
    write_placement(here / "placement.tsv", order, grids)


def _filter(here: Path, tables: Fabricated, condition: str, seed: int) -> None:
    arrays, below = {}, 0
    for n, grid in enumerate(tables.grids_of(condition), start=1):
        shape = (grid.units, below) if below else (grid.units, 8, 5)
        arrays[f"layer{n}"] = tables.generator("filter", condition, seed, n).normal(size=shape).astype(np.float32)
        below = grid.units
    np.savez(here / "unit_filters.npz", **arrays)  # type: ignore[arg-type]


def _respond(path: Path, tables: Fabricated, condition: str, seed: int) -> None:
    """Responses whose means around onsets are those of d′, and rise after the onset."""
    phones, speakers = len(tables.phones), len(SPEAKERS)
    shared = {"phone": np.array(tables.phones), "speaker": np.array(SPEAKERS), "fold": np.arange(speakers)}
    with store.create(path, {"token": 1, "group": speakers}, shared) as file:
        for n, grid in enumerate(tables.grids_of(condition), start=1):
            maps = np.stack([tables.d_prime(condition, seed, n, phone).ravel() for phone in tables.phones])
            course = np.nan_to_num(maps)[:, None] * np.exp(-(((LAGS - 0.04) / 0.03) ** 2))[:, None]
            count = np.full((speakers, phones), 30.0)
            count[:, [phone in tables.too_few for phone in tables.phones]] = 1
            group = file.add_layer(f"layer{n}", grid.units, len(LAGS))
            group[...] = np.zeros((1, grid.units), dtype=np.float32)
            wide = np.zeros((speakers, phones, grid.units))
            file.complete(
                f"layer{n}",
                {
                    "count": count, "mean": wide, "m2": wide, "lag_s": LAGS,
                    "onset_count": np.repeat(count[..., None], len(LAGS), axis=2),
                    "onset_mean": np.stack([course, course]), "onset_m2": np.stack([course, course]),
                    "frame_count": np.float64(101), "frame_mean": np.zeros(grid.units),
                    "frame_comoment": 100 * np.eye(grid.units),
                },
            )  # fmt: skip


def dictionary(folder: Path) -> Path:
    """A dictionary of the tables above, as the results have it."""
    modules = (
        "selectivity.selectivity",
        "selectivity.selectivity",
        "encoding.unit_variance",
        "introspection.acoustics.acoustic_tables",
    )
    files = ("selectivity.tsv", "preferences.tsv", "unit_variance.tsv", "acoustics_measures.tsv")
    described = [(f"x/{file}", module, "") for file, module in zip(files, modules, strict=True)]
    path = folder / "dictionary.md"
    path.write_text(compose("<!-- tables: x -->\nAs made.\n", described), encoding="utf-8")
    return path


def contents(folder: Path, tables: Fabricated, bare: Sequence[str] = (), **settings: Any) -> Contents:
    """What the page of a fabricated run holds."""
    shown = fabricated(folder, tables, bare)
    measures = measures_of(shown, inventory().labels)
    about = {"corpus": "synthetic", "controls": [tables.conditions[0]]}
    meanings = read_meanings(dictionary(folder))
    return explored(shown, measures, inventory(), meanings, CRITERIA, about=about, **settings)


def page(folder: Path, tables: Fabricated, bare: Sequence[str] = ()) -> Path:
    """The page of a fabricated run."""
    found = contents(folder, tables, bare)
    write_page(folder / "explorer.html", found, [WEB / name for name in EXPLORER], "fabricated")
    return folder / "explorer.html"


def read_page(path: Path) -> tuple[dict[str, Any], list[str]]:
    """What a page says of itself, and its arrays as texts."""
    text = path.read_text(encoding="utf-8")
    about = re.search(r'<script type="application/json" id="about">(.*?)</script>', text, re.DOTALL)
    assert about is not None
    return json.loads(about[1]), re.findall(r'<script type="text/plain" id="t\d+">([^<]*)</script>', text)


def unpacked(entry: dict[str, Any], texts: Sequence[str]) -> Floats:
    """Values of an entry, by means other than those that packed them."""
    data = zlib.decompress(base64.b64decode(texts[entry["text"]]))
    if entry["dtype"] == "code":
        return np.array([np.nan if byte == 255 else byte for byte in data], dtype=np.float64)
    if entry["dtype"] == "share":
        steps = np.frombuffer(data, dtype=np.int8).astype(np.float64)
        return np.where(steps == -128, np.nan, steps * entry["scale"])
    low, high = data[: len(data) // 2], data[len(data) // 2 :]
    halves = bytes(byte for pair in zip(low, high, strict=True) for byte in pair)
    return np.frombuffer(halves, dtype="<f2").astype(np.float64) * entry["scale"]
