"""Tables of a fabricated run in files, for every figure that is declared."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from declarations.kinds import Figure
from figure_tables import RESOURCES, Fabricated
from phonotopy.alignment.boundaries import Boundary, write_boundaries
from phonotopy.core.tables import write_table
from phonotopy.figures import style
from phonotopy.figures.maps.unit_variance import MEASURES
from phonotopy.figures.material import Material
from phonotopy.figures.rungs import BESIDE, RUNGS
from phonotopy.figures.statistics.conditions import PANELS
from phonotopy.figures.statistics.ladder import CONTRASTS, SHARES
from phonotopy.figures.statistics.organisation import PANELS as ORGANISED
from phonotopy.figures.trainings import Row

NULLS_OF = {"map_distance": ("phones", "positions", "surrogates"), "response_similarity": ("phones",)}
EXPLAINED = dict(zip(SHARES, (0.4, 0.3, 0.15, 0.08, 0.001, 0.0004), strict=True))
CONFIG = RESOURCES.parent / "config.yaml"


def clusters(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Two clusters per phone, of which only the first is significant, and only in topographic conditions."""
    random = tables.generator("clusters", condition, seed)
    empty = {"layer": 1, "phone": "ZH", "cluster": 0, "size": 0, **dict.fromkeys(("row", "column", "p_family"), np.nan)}
    return [empty] + [
        {
            "layer": layer, "phone": phone, "cluster": region, "size": 3 + 6 * (region == 1),
            "row": random.uniform(0, grid.rows - 1), "column": random.uniform(0, grid.columns - 1),
            "p_family": 0.01 if region == 1 and condition != tables.conditions[0] else 0.3,
        }
        for layer, grid in enumerate(tables.grids_of(condition), start=1)
        for phone in tables.phones
        for region in (1, 2)
    ]  # fmt: skip


def replication(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Overlap of .4 over a null of .05; of four regions, three replicate and one is not testable."""
    rows = []
    for layer in range(1, len(tables.grids_of(condition)) + 1):
        given = {"layer": layer, "null_mean": np.nan, "null_sd": np.nan}
        for phone, q, status in (("P", 0.01, "ok"), ("S", 0.2, "ok"), ("M", 0.01, "ok"), ("L", np.nan, "not testable")):
            cells = {"statistic": "contrast", "phone": phone, "found_in": 0, "observed": 1.0, "q": q, "status": status}
            rows.append({**given, **cells})
        for half in (0, 1):
            cells = {"statistic": "overlap", "phone": "mean", "found_in": half, "observed": 0.4, "q": 0.001 + half}
            rows.append({**given, **cells, "null_mean": 0.05, "null_sd": 0.04, "status": "ok"})
    return rows


def correlogram(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Correlation that falls with distance, up to half of the grid, and none in the control."""
    level = 0.6 if condition != tables.conditions[0] else 0.0
    return [
        {
            "layer": layer, "phone": phone, "distance": 1.2 * step, "observed": level / step,
            "low": -0.4 / grid.rows, "high": 0.4 / grid.rows, "p_family": 0.001 if level else 0.7,
        }
        for layer, grid in enumerate(tables.grids_of(condition), start=1)
        for phone in ("S", "mean")
        for step in range(1, max(grid.rows // 2, 3) + 1)
    ]  # fmt: skip


def organisation(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Statistics of organisation with the nulls that each has, and a noise ceiling of one."""
    random = tables.generator("organisation", condition, seed)
    return [
        {
            "layer": layer, "statistic": statistic, "null": null, "observed": 0.3 + 0.02 * random.normal(),
            "null_mean": 0.1, "null_sd": 0.05, "q": 0.01, "status": "ok",
            "ceiling_low": 0.5 if statistic == "response_similarity" else np.nan,
            "ceiling_high": 0.6 if statistic == "response_similarity" else np.nan,
        }
        for layer in range(1, len(tables.grids_of(condition)) + 1)
        for statistic in ORGANISED
        for null in NULLS_OF.get(statistic, ("phones", "positions"))
    ]  # fmt: skip


def ladder(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Shares that fall from rung to rung: all hold in topographic conditions, and none in the control."""
    mapped, noise = condition != tables.conditions[0], tables.generator("ladder", condition, seed)
    tests = [
        *(test for rung in (*RUNGS, BESIDE) for test in rung.tests),
        *((one, "neighbours", "positions") for one in SHARES),
    ]
    rows = []
    for layer in range(1, len(tables.grids_of(condition)) + 1):
        for labelling, statistic, null in dict.fromkeys(tests):
            together = EXPLAINED[labelling] if mapped else 1e-5 * noise.normal()
            q = 0.4 if null == "clusters" or (null == "positions" and not mapped) else 0.01
            given = {"layer": layer, "labelling": labelling, "statistic": statistic, "null": null, "null_mean": 0.0}
            given |= {"null_sd": 1e-5}
            rows.append({**given, "phone": "all", "observed": together, "p_family": q, "q": q})
            if labelling != "responses" and labelling in EXPLAINED and null not in ("clusters", "random network"):
                rows += [
                    {**given, "phone": phone, "observed": together / 9, "p_family": q, "q": q}
                    for phone in tables.phones
                ]
        for labelling in CONTRASTS:
            given = {"layer": layer, "labelling": labelling, "phone": "mean", "statistic": "morans_i"}
            given |= {"null": "clusters" if labelling == "phone" else "", "observed": 0.5 if mapped else 0.0}
            rows.append({**given, "null_mean": 0.6, "null_sd": 0.01, "p_family": np.nan, "q": np.nan})
    return rows


def unit_variance(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Shares of variance that fall from measure to measure, some of them below 0, and none of dead units."""
    noise = tables.generator("unit_variance", condition, seed)
    return [
        {
            "layer": layer, "row": unit // grid.columns, "column": unit % grid.columns,
            **{
                measure: np.nan if unit in tables.dead else 0.4**n + 0.1 * 0.2**n * noise.normal()
                for n, measure in enumerate(MEASURES)
            },
        }
        for layer, grid in enumerate(tables.grids_of(condition), start=1)
        for unit in range(grid.units)
    ]  # fmt: skip


def courses(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """A course that rises and falls, later in deeper layers."""
    return [
        {
            "layer": layer, "phone": phone, "lag_ms": lag, "contrast": height, "low": height - 0.1,
            "high": height + 0.1,
        }
        for layer in range(1, len(tables.grids_of(condition)) + 1)
        for phone in ("S", "mean")
        for lag in range(-200, 301, 20)
        for height in [float(np.exp(-(((lag - 30 - 10 * layer) / 80) ** 2)))]
    ]  # fmt: skip


def timing(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Times of the peaks of those courses."""
    return [
        {
            "layer": layer, "phone": phone, "peak_ms": 30.0 + 10 * layer, "peak_low_ms": 20.0 + 10 * layer,
            "peak_high_ms": 45.0 + 10 * layer, "middle_ms": 42.0,
        }
        for layer in range(1, len(tables.grids_of(condition)) + 1)
        for phone in ("S", "mean")
    ]  # fmt: skip


def response_autocorrelation(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Responses below a limit that falls with Moran's I."""
    random = tables.generator("response_autocorrelation", condition, seed)
    mapped, found = condition != tables.conditions[0], []
    for layer, grid in enumerate(tables.grids_of(condition), start=1):
        given = {"layer": layer, "observed": (0.5 if mapped else 0.0) + 0.02 * random.normal()}
        found.append(
            {**given, "statistic": "morans_i", "effective_rank": grid.units / (6 + layer), "limit_rank": np.nan}
        )
        for point in np.linspace(0, 0.9, 7).tolist():
            limit = {"layer": layer, "statistic": "limit", "observed": point, "effective_rank": np.nan}
            found.append({**limit, "limit_rank": grid.units * (1 - point)})
    return found


def lesion_tests(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Own units are needed against every null, but on the grid only in topographic conditions."""
    mapped = condition != tables.conditions[0]
    return [
        {
            "layer": layer, "outcome": "error", "phone": "mean", "null": null, "observed": 0.02 * layer + 0.01 * seed,
            "null_mean": 0.02 * layer * (null == "scattered" and not mapped), "null_sd": 0.01,
            "q": 0.4 if null == "scattered" and not mapped else 0.01,
        }
        for layer in range(1, len(tables.grids_of(condition)) + 1)
        for null in ("scattered", "elsewhere", "other phones")
    ]  # fmt: skip


def topography(tables: Fabricated) -> list[Row]:
    """Rows of topography.tsv with the measures that conditions are compared by."""
    others = [panel.measure for panel in PANELS if panel.part == "layer" and panel.measure != "morans_i_mean"]
    return [{**row, **dict.fromkeys(others, 0.5 + row["seed"] / 10 + row["layer"])} for row in tables.topography()]


def conditions(tables: Fabricated) -> Iterator[Row]:
    """Differences from the first condition; none where two conditions have a layer on unlike grids."""
    reference = tables.conditions[0]
    for panel in PANELS:
        for condition in tables.conditions[1:]:
            alike = tables.grids_of(condition) == tables.grids_of(reference)
            layers = range(1, 1 + min(len(tables.grids_of(condition)), len(tables.grids_of(reference))))
            for part in layers if panel.part == "layer" else ("train", "dev", "test"):
                known = alike or panel.part == "split"
                yield {
                    "measure": panel.measure, "split": part if panel.part == "split" else None,
                    "layer": part if panel.part == "layer" else None, "condition": condition, "reference": reference,
                    "pairs": len(tables.seeds) if known else 0, "difference": 0.004 if known else None,
                    "status": "not testable", "margin": 0.01 if panel.measure == "letter_error_rate" else None,
                    **dict.fromkeys(("low", "high", "q", "p_equivalence")),
                }  # fmt: skip


def recognition_by_speaker(tables: Fabricated) -> list[Row]:
    """Error rates of eight test speakers, one of whom is unlike the others."""
    return [
        {
            "condition": condition, "seed": seed, "split": "test", "speaker": f"test{n}",
            "letter_error_rate": 0.1 + 0.01 * (n - 1) * index, "word_error_rate": 0.3 + 0.02 * n * index + 0.001 * seed,
        }
        for index, condition in enumerate(tables.conditions)
        for seed in tables.seeds
        for n in range(8)
    ]  # fmt: skip


def compared_recognition(tables: Fabricated) -> list[Row]:
    """What those rates differ by, over speakers."""
    return [
        {
            "measure": measure, "split": "test", "condition": condition, "reference": tables.conditions[0],
            "seed": seed, "observations": "speakers", "pairs": 8, "rises": 6, "observed": 0.01 * index, "low": 0.0,
            "high": 0.02 * index, "q": 0.03 if measure == "word_error_rate" else 0.2, "status": "ok",
        }
        for measure in ("letter_error_rate", "word_error_rate")
        for index, condition in enumerate(tables.conditions)
        for seed in tables.seeds
        if index
    ]  # fmt: skip


def speakers(_: Fabricated) -> list[Row]:
    """Rows of speakers.tsv."""
    counts = {"train": 12, "dev": 2, "test": 4}
    return [
        {"split": split, "speaker": f"{split}{n}", "aligned": 9, "minutes": 0.5 * n + 1}
        for split, count in counts.items()
        for n in range(count)
    ]


def reasons(_: Fabricated) -> list[Row]:
    """Rows of reasons.tsv."""
    return [
        {"split": "train", "status": status, "reason": f"{word} transcript", "utterances": n}
        for n, (status, word) in enumerate([("excluded", "no"), ("aligned", "odd")], start=1)
    ]


def durations(tables: Fabricated) -> list[Row]:
    """Rows of durations.tsv."""
    return [
        {
            "split": split,
            "label": label,
            "tokens": 9 + n,
            "median_ms": 60.0,
            "percentile_5_ms": 30.0,
            "percentile_95_ms": 90.0 + n,
        }
        for split in ("train", "dev", "test")
        for n, label in enumerate(tables.phones)
    ]


def calibration(_: Fabricated) -> list[Row]:
    """Rows of calibration.tsv: tests that keep their level, and one that does not."""
    given = {"null": "white maps", "data_sets": 2000, "allowed_low": 0.04, "allowed_high": 0.065}
    rates = {"esda_p_sim": 0.087, **{f"morans_i_of_{n}": 0.045 + n / 1000 for n in range(20)}}
    return [{"test": test, "rate": rate, **given} for test, rate in rates.items()]


def power(_: Fabricated) -> list[Row]:
    """Rows of power.tsv."""
    return [
        {
            "units": units,
            "d_prime": 1.0,
            "background_sd": sd,
            "simulations": 200,
            "power": 1 - sd / 2,
            "outlined": 1 - sd,
        }
        for units in (9, 25)
        for sd in (0.1, 0.3, 0.5)
    ]


OF_TRAININGS = (
    *(clusters, replication, correlogram, organisation, courses, timing, response_autocorrelation),
    *(ladder, unit_variance),
    *(lesion_tests,),
)
COMPARED = (recognition_by_speaker, compared_recognition)
OF_ALL = (topography, conditions, *COMPARED, speakers, reasons, durations, calibration, power)
MADE: dict[str, Callable[..., Any]] = {made.__name__: made for made in (*OF_TRAININGS, *OF_ALL)}


def rows(tables: Fabricated, name: str, *training: Any) -> list[Row]:
    """Rows of a table, of a training where each has its own."""
    made = MADE.get(name)
    return list(made(tables, *training) if made else getattr(tables, name)(*training))


def written(path: Path, found: list[Row]) -> Path:
    write_table(path, list(found[0]), found)
    return path


def onsets(path: Path) -> Path:
    """A table of onsets."""
    errors = np.random.default_rng(0).laplace(scale=0.02, size=300)
    write_boundaries(path, [Boundary("a", "test", "one", path.stem, "word", "six", 1.0, 1.0 + e) for e in errors])
    return path


def setting(dotted: str) -> Any:
    """A setting of config.yaml."""
    value = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    for name in dotted.split("."):
        value = value[name]
    return value


def material(figure: Figure, tables: Fabricated, folder: Path, **settings: Any) -> Material:
    """What the workflow hands to the figure, its tables written below `folder`."""
    trainings = [(name, seed) for name, seed in tables.trainings if seed == tables.seeds[0] or not figure.each_seed]
    paths = {
        name: [written(folder / f"{name}{n}.tsv", rows(tables, name, *training)) for n, training in order]
        for name in figure.trainings
        for order in [enumerate(trainings)]
    }
    return Material(
        tables={
            **paths,
            **{name: [onsets(folder / f"{name}.tsv")] for name in figure.corpora},
            **{name: [written(folder / f"{name}.tsv", rows(tables, name))] for name in figure.summaries},
        },
        trainings=trainings if figure.trainings else (),
        geometry={n: written(folder / f"{n}.tsv", tables.geometry(n)) for n in tables.conditions if figure.geometry},
        inventory_path=RESOURCES / "phones.tsv",
        conditions=style.Conditions.of(tables.conditions, tables.conditions[:1]),
        settings={name: setting(path) for name, path in figure.settings.items()} | settings,
    )
