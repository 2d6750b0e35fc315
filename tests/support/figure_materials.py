"""Tables of a fabricated run in files, for every figure that is declared."""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from declarations.kinds import Figure
from figure_tables import RESOURCES, Fabricated
from phonotopy.alignment.boundaries import Boundary, write_boundaries
from phonotopy.core.tables import write_table
from phonotopy.figures import style
from phonotopy.figures.introspection.acoustic_layers import PROPERTIES as ACOUSTIC
from phonotopy.figures.introspection.best_bands import LINES as BAND_LINES
from phonotopy.figures.introspection.sonification import METHODS as SONIFIED
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
    """Two clusters per phone, of which only the first, a square, is significant, and only in topographic conditions."""
    random = tables.generator("clusters", condition, seed)
    given = dict.fromkeys(("row", "column", "p_family"), np.nan)
    found: list[Row] = [{"layer": 1, "phone": "ZH", "cluster": 0, "size": 0, "positions": "", **given}]
    for layer, grid in enumerate(tables.grids_of(condition), start=1):
        for phone in tables.phones:
            for cluster, side in ((1, 3), (2, 1)):
                row, column = (int(random.integers(length - side + 1)) for length in (grid.rows, grid.columns))
                places = [(row + down) * grid.columns + column + right for down in range(side) for right in range(side)]
                found.append({
                    "layer": layer, "phone": phone, "cluster": cluster, "size": side**2,
                    "row": row + (side - 1) / 2, "column": column + (side - 1) / 2,
                    "positions": " ".join(map(str, places)),
                    "p_family": 0.01 if cluster == 1 and condition != tables.conditions[0] else 0.3,
                })  # fmt: skip
    return found


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


def onset_maps(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Maps that come and go after the onset, at half the lags in deep layers; two phones, one without dead units."""
    return [
        {
            "layer": layer, "row": unit // grid.columns, "column": unit % grid.columns, "phone": phone,
            "lag_ms": float(lag), "contrast": float(value * np.exp(-(((lag - 60) / 60) ** 2))),
        }
        for layer, grid in enumerate(tables.grids_of(condition), start=1)
        for phone in ("S", "IY")
        for lag in range(-200, 301, 20 if layer == 1 else 40)
        for unit, value in enumerate(tables.d_prime(condition, seed, layer, phone).flat)
    ]  # fmt: skip


SPOKEN = tuple(f"test{n:02d}" for n in range(1, 10))


def speaker_maps(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Maps of nine speakers that are one map with noise; the second speaker hardly says the second phone."""
    rows: list[Row] = []
    for layer, grid in enumerate(tables.grids_of(condition), start=1):
        noise = tables.generator("speaker_maps", condition, seed, layer)
        for phone in ("S", "IY"):
            own = tables.d_prime(condition, seed, layer, phone).ravel()
            for speaker in SPOKEN:
                if (phone, speaker) != ("IY", SPOKEN[1]):
                    rows += [
                        {
                            "layer": layer, "row": unit // grid.columns, "column": unit % grid.columns, "phone": phone,
                            "speaker": speaker, "d_prime": value,
                        }
                        for unit, value in enumerate(own + 0.2 * noise.normal(size=grid.units))
                    ]  # fmt: skip
    return rows


def speaker_agreement(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """High correlations with the same phone of others, and none with other phones."""
    noise = tables.generator("speaker_agreement", condition, seed)
    return [
        {
            "layer": layer, "speaker": speaker, "phone": phone, "correlation": 0.8 + 0.05 * noise.normal(),
            "other_phones": -0.02,
        }
        for layer in range(1, len(tables.grids_of(condition)) + 1)
        for speaker in SPOKEN
        for phone in ("S", "mean")
    ]  # fmt: skip


def usable(tables: Fabricated) -> list[str]:
    """Phones that have maps."""
    return [phone for phone in tables.phones if phone not in tables.too_few]


def phone_similarity(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Likeness of every pair, of which one is not known."""
    noise = tables.generator("phone_similarity", condition, seed)
    return [
        {
            "layer": layer, "phone": one, "other_phone": other, "centroid_distance": 4 * noise.uniform(),
            "response_correlation": np.nan if (one, other) == ("P", "S") else noise.uniform(-1, 1),
        }
        for layer in range(1, len(tables.grids_of(condition)) + 1)
        for one, other in combinations(usable(tables), 2)
    ]  # fmt: skip


def phone_trees(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Trees that join one phone after the other; the last layer of a training has none but in the first condition."""
    rows: list[Row] = []
    phones, layers = usable(tables), len(tables.grids_of(condition))
    for layer in range(1, layers + (condition == tables.conditions[0] or layers == 1)):
        empty = {"layer": layer, "phone": "", "first": None, "second": None, "distance": np.nan}
        rows += [{**empty, "node": node, "phone": phone} for node, phone in enumerate(phones)]
        for merge in range(len(phones) - 1):
            first = 0 if merge == 0 else len(phones) + merge - 1
            joined = {"first": first, "second": merge + 1, "distance": (merge + 1) / len(phones)}
            rows.append({**empty, "node": len(phones) + merge, **joined})
    return rows


def phone_tree_agreement(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Trees that follow manners in the first layer alone."""
    return [
        {
            "layer": layer, "statistic": statistic, "observed": 0.8 if statistic != "manner_gap" else 0.2 / layer,
            "null_mean": -0.001, "null_sd": 0.04, "q": np.nan if statistic != "manner_gap" else 0.01 * layer**3,
        }
        for layer in range(1, len(tables.grids_of(condition)) + 1)
        for statistic in ("cophenetic_correlation", "manner_gap")
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


def relations(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """A pair that agrees by label, one that agrees without labels, and one that cannot be tested in the first layer."""
    random = tables.generator("relations", condition, seed)
    pairs = (("d_prime", "relevance", 30), ("log_window", "largest_d_prime", None), ("patch_time", "yoking", None))
    return [
        {
            "layer": layer, "first": first, "second": second, "labels": labels,
            "status": "ok" if known else "not testable",
            "observed": 0.6 / (order + 1) + 0.1 * random.normal() if known else np.nan,
            "q": (0.01 if order < 1 else 0.3) if known else np.nan,
        }
        for layer in range(1, len(tables.grids_of(condition)) + 1)
        for order, (first, second, labels) in enumerate(pairs)
        for known in [order < 2 or layer > 1]
    ]  # fmt: skip


def unit_measures(tables: Fabricated) -> list[Row]:
    """Five measures, one of them by phone, mapped in all conditions but the first, and a condition without weights."""
    found: list[Row] = []
    for condition, seed in tables.trainings:
        random = tables.generator("unit_measures", condition, seed)
        mapped = condition != tables.conditions[0]
        for layer in range(1, len(tables.grids_of(condition)) + 1):
            for measure in ("log_window", "yoking", "best_band", "patch_time", "relevance"):
                for label in ("S", "mean") if measure == "relevance" else ("",):
                    cells = {"condition": condition, "seed": seed, "layer": layer, "measure": measure, "label": label}
                    value = (0.5 if mapped else 0.0) + 0.05 * random.normal()
                    test = {"morans_i": value, "q": 0.01 if mapped else 0.6, "reliability": 0.8, "status": "ok"}
                    found.append(cells | test)
    return [*found, {**dict.fromkeys(found[0]), "condition": "mine", "seed": 0, "status": "no recogniser"}]


def windows(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Windows that grow with depth, longer without training, and none of dead units."""
    noise = tables.generator("windows", condition, seed)
    return [
        {
            "layer": layer, "unit": unit, "row": unit // grid.columns, "column": unit % grid.columns,
            "network": network, "rate": rate, "status": "silent" if unit in tables.dead else "ok",
            "window_ms": np.nan if unit in tables.dead else 50 * layer * np.exp(0.2 * noise.normal()) * (2 - trained),
        }
        for layer, grid in enumerate(tables.grids_of(condition), start=1)
        for trained, network in enumerate(("untrained", "trained"))
        for rate in (0.8, 1.0, 1.25)
        for unit in range(grid.units)
    ]  # fmt: skip


def window_curves(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Correlations that rise with the duration, over a floor."""
    return [
        {
            "network": network, "rate": rate, "layer": layer, "duration_ms": duration,
            "median": 1 - float(np.exp(-duration / 60 / layer)), "floor": 0.1,
        }
        for network in ("trained", "untrained")
        for rate in (0.8, 1.0, 1.25)
        for layer in range(1, len(tables.grids_of(condition)) + 1)
        for duration in (40.0, 80.0, 160.0, 320.0, 640.0)
    ]  # fmt: skip


def yoking(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Windows that are nearly fixed in time."""
    noise = tables.generator("yoking", condition, seed)
    return [
        {
            "layer": layer, "row": unit // grid.columns, "column": unit % grid.columns, "network": network,
            "yoking": np.nan if unit in tables.dead else 0.2 * noise.normal(),
            "status": "silent" if unit in tables.dead else "ok",
        }
        for layer, grid in enumerate(tables.grids_of(condition), start=1)
        for network in ("trained", "untrained")
        for unit in range(grid.units)
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


WAYS = (("objective", "none"), ("objective", "response_kernel"), ("layout", "annealed"))  # of conditions, in turn


def comparison(tables: Fabricated) -> Iterator[Row]:
    """Every condition costs errors and rank for its order, and the last is a layout; intervals from six seeds on."""
    measures = {"morans_i": 0.25, "response_morans_i": 0.2, "response_rank": 0.9, "effective_rank_share": 0.9}
    for index, condition in enumerate(tables.conditions):
        kind, method = WAYS[index % len(WAYS)]
        below = tables.conditions[index - 1] if kind == "layout" else condition
        way = {"condition": condition, "kind": kind, "method": method, "origin": below, "front": index < 2}
        layers = [*range(1, len(tables.grids_of(condition)) + 1), "all"]
        parts = [("letter_error_rate", None), *[(measure, layer) for measure in measures for layer in layers]]
        for measure, layer in parts:
            base = {"letter_error_rate": 0.13, "response_rank": 8.0, "effective_rank_share": 1.0}.get(measure, 0.0)
            factor = measures.get(measure, 0.0)
            mean = base * factor**index if base >= 1 else base + (factor or 0.004) * index
            spread = 0.02 * mean if len(tables.seeds) >= 6 else np.nan
            given = {"measure": measure, "layer": layer, "mean": mean, "low": mean - spread, "high": mean + spread}
            difference = mean - base if index else np.nan
            ends = {"difference_low": difference - spread, "difference_high": difference + spread}
            status = "not testable" if index else "reference"
            yield {**way, **given, "difference": difference, **ends, "status": status}


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


def letter_confusions(tables: Fabricated) -> list[Row]:
    """Letters of which every other one is confused with the next, and one that is left out."""
    letters = [*"abcdefghijklmnopqrstuvwxyz'", "space"]
    pairs = [(one, one, 0.9) for one in letters] + [
        (a, b, 0.05) for a, b in zip(letters[::2], letters[1::2], strict=True)
    ]
    return [
        {"condition": condition, "seed": seed, "split": "test", "letter": letter, "spelled": spelled, "share": share}
        for condition in tables.conditions
        for seed in (*tables.seeds, None)
        for letter, spelled, share in (*pairs, ("e", "", 0.03), ("", "s", 0.004))
    ]


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


def sonification_summary(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Masks that keep half of the response beyond controls, and of a layer without regions nothing."""
    missing = dict.fromkeys(("difference", "low", "high", "similarity_random_weights", "similarity_random"), np.nan)
    found = {"difference": 0.5, "low": 0.4, "high": 0.6, "similarity_random_weights": 0.2, "similarity_random": 0.5}
    return [
        {"layer": layer, "method": method, **(missing if layer == 1 else found)}
        for layer in range(1, len(tables.grids_of(condition)) + 1)
        for method in SONIFIED
    ]


def sonification_examples(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Bands that rise with time, for two phones; the first one has no region in the first layer."""
    return [
        {
            "layer": layer, "phone": phone, "time_ms": 10.0 * frame, "band_hz": 100.0 * (band + 1),
            "original_db": -10.0 * abs(frame - band), "mask": float(frame == band),
            "result_db": -10.0 * abs(frame - band) - 50 * (frame != band),
        }
        for layer in range(1, len(tables.grids_of(condition)) + 1)
        for phone in ("S", "IY")
        if (layer, phone) != (1, "S")
        for frame in range(-4, 8)
        for band in range(8)
    ]  # fmt: skip


def acoustic_prediction(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Layers predict more than their means, which predict hardly anything; one property is not testable."""
    return [
        {
            "layer": layer, "property": name, "network": network, "predictor": predictor,
            "r_squared": np.nan if name == "f3" else base / layer + 0.01 * seed,
        }
        for layer in range(1, len(tables.grids_of(condition)) + 1)
        for name in ACOUSTIC
        for network, predictor, base in (
            ("trained", "layer", 0.8), ("untrained", "layer", 0.7), ("trained", "standardised", 0.05)
        )
    ]  # fmt: skip


def acoustic_maps(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Correlations are mapped in topographic conditions, less so given the phone, little by shifted contours."""
    level = 0.6 if condition != tables.conditions[0] else 0.0
    return [
        {
            "layer": layer, "measure": "correlation", "label": name, "control": control,
            "morans_i": np.nan if name == "f3" else level * share + 0.02 * seed,
        }
        for layer in range(1, len(tables.grids_of(condition)) + 1)
        for name in ACOUSTIC
        for control, share in (("none", 1.0), ("phone", 0.8), ("shifted", 0.3))
    ]  # fmt: skip


def acoustics_measures(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Smooth best bands where phones are mapped, none before training, and units without a value."""
    return [
        {
            "layer": layer, "row": unit // grid.columns, "column": unit % grid.columns,
            "measure": measure, "label": label, "value": middle + spread * value,
        }
        for layer, grid in enumerate(tables.grids_of(condition), start=1)
        for (measure, label), (phone, middle, spread) in zip(
            BAND_LINES, (("P", 1500, 500), ("S", 1500, 500), ("M", 0, 0.3), ("L", 0, 0.1)), strict=True
        )
        for unit, value in enumerate(tables.d_prime(condition, seed, layer, phone).flat)
    ]  # fmt: skip


def contours(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Courses that rise and fall, of other height for each phone; a phone of too few speakers has none."""
    rows: list[Row] = []
    for layer in range(1, len(tables.grids_of(condition)) + 1):
        for number, phone in enumerate(tables.phones):
            if phone in tables.too_few:
                missing = dict.fromkeys(("time", "value", "low", "high"), np.nan)
                rows.append({"layer": layer, "series": "standardised", "phone": phone, **missing})
                continue
            for time in np.linspace(0, 1, 11):
                value = 0.5 + 0.1 * np.sin(np.pi * time) + 0.01 * number + 0.05 * seed
                cells = {"time": time, "value": value, "low": value - 0.05, "high": value + 0.05}
                rows.append({"layer": layer, "series": "standardised", "phone": phone, **cells})
    return rows


ATTRIBUTED = ("saliency", "input_x_gradient", "guided_backpropagation", "occlusion")


def attribution(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Areas under deletion that methods differ in, one of which cannot be tested."""
    noise = tables.generator("attribution", condition, seed)
    return [
        {
            "method": method, "phone": phone, "score": "deletion", "against": "random", "control": 0.5,
            "value": np.nan if phone == "S" and method == "occlusion" else 0.3 - 0.1 * n + 0.05 * noise.normal(),
            "q": 0.01 if n else 0.4,
        }
        for n, method in enumerate(ATTRIBUTED)
        for phone in ("S", "M", "IY", "mean")
    ]  # fmt: skip


def attribution_agreement(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Rank correlations of every pair of methods."""
    pairs = list(combinations([*ATTRIBUTED, "energy"], 2))
    return [
        {"first": first, "second": second, "value": 0.9 - 0.08 * n, "control": 0.3}
        for n, (first, second) in enumerate(pairs)
    ]


def attribution_curves(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Curves that fall to 0, and rise to 1, faster for methods than for cells at random."""
    return [
        {
            "method": method, "curve": curve, "fraction": part, "value": value, "low": value - 0.05,
            "high": value + 0.05,
        }
        for n, method in enumerate((*ATTRIBUTED, "energy", "random"))
        for curve in ("deletion", "insertion")
        for part in (0.0, 0.1, 0.5, 1.0)
        for fallen in [part ** (0.4 + 0.1 * n)]
        for value in [1 - fallen if curve == "deletion" else fallen]
    ]  # fmt: skip


def saliency(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Maps of d′, and half of it for what is used."""
    return [
        {
            "layer": layer, "row": unit // grid.columns, "column": unit % grid.columns, "phone": phone,
            "variant": variant, "status": "ok",
            "d_prime": share * float(tables.d_prime(condition, seed, layer, phone).flat[unit]),
        }
        for layer, grid in enumerate(tables.grids_of(condition), start=1)
        for phone in ("P", "S", "M", "L")
        for variant, share in (("plain", 1.0), ("relevance", 0.5))
        for unit in range(grid.units)
    ]  # fmt: skip


def saliency_topography(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Maps that are a little less smooth than plain ones."""
    return [
        {
            "layer": layer, "phone": phone, "variant": variant, "null": "positions", "difference": -0.03 * layer,
            "difference_low": -0.03 * layer - 0.02, "difference_high": -0.03 * layer + 0.02,
        }
        for layer in range(1, len(tables.grids_of(condition)) + 1)
        for variant in ("aligned", "weighted", "relevance")
        for phone in ("S", "mean")
    ]  # fmt: skip


def alignment_lags(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Lags that grow with depth; one phone without tokens."""
    return [
        {"layer": layer, "phone": phone, "median_ms": np.nan if phone == "ZH" else 5.0 * layer + n}
        for layer in range(1, len(tables.grids_of(condition)) + 1)
        for n, phone in enumerate(("S", "M", "ZH"))
    ]


def filters(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Best frequencies that rise from left to right, or, in the control, stand anywhere; one filter of zeros."""
    grid, bands = tables.grids_of(condition)[0], 100 * 2.0 ** np.arange(0, 6, 0.5)
    places = np.arange(grid.units) % grid.columns / grid.columns
    if condition == tables.conditions[0]:
        places = tables.generator("filters", condition, seed).permutation(places)
    return [
        {
            "layer": 1, "unit": unit, "row": unit // grid.columns, "column": unit % grid.columns, "frequency_hz": hertz,
            "gain": 0.0 if unit in tables.dead else float(np.exp(-((band - best) ** 2))),
            "status": "dead" if unit in tables.dead else "ok",
        }
        for unit, best in enumerate((places * len(bands)).astype(int).tolist())
        for band, hertz in enumerate(bands.tolist())
    ]  # fmt: skip


def filter_weights(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Filters of a band and a moment that change from left to right; dead ones have no weights."""
    grid = tables.grids_of(condition)[0]
    bands, times = 100 * 2.0 ** np.arange(0, 6, 0.5), 10.0 * np.arange(-3, 4)
    return [
        {
            "row": unit // grid.columns, "column": unit % grid.columns, "frequency_hz": hertz, "time_ms": time,
            "weight": np.nan if unit in tables.dead else float(np.cos(band - unit % grid.columns - time / 30)) / 9,
        }
        for unit in range(grid.units)
        for band, hertz in enumerate(bands.tolist())
        for time in times.tolist()
    ]  # fmt: skip


def measure_maps(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Tests of measures of units: mapped but for the control, and not testable with one seed of it."""
    mapped = condition != tables.conditions[0]
    untested = not mapped and seed == tables.seeds[-1]
    given = {"layer": 1, "measure": "best_octave", "label": ""}
    return [
        {
            **given,
            "morans_i": np.nan if untested else 0.8 * mapped,
            "p": np.nan if untested else 0.0001 + 0.4 * (not mapped),
        }
    ]


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


def lesion_map(tables: Fabricated, condition: str, seed: int) -> list[Row]:
    """Losses that follow d′ where phones are mapped; a phone of too few tokens has no letters."""
    return [
        {
            "layer": layer, "set": "disc", "row": unit // grid.columns, "column": unit % grid.columns,
            "phone": phone, "loss": 0.1 * (0.0 if np.isnan(value) else value),
        }
        for layer, grid in enumerate(tables.grids_of(condition), start=1)
        for phone in tables.phones
        if phone not in tables.too_few
        for unit, value in enumerate(tables.d_prime(condition, seed, layer, phone).flat)
    ] + [{"layer": 1, "set": "untouched", "row": None, "column": None, "phone": "S", "loss": 0.0}]  # fmt: skip


OF_TRAININGS = (
    lesion_map,
    *(lesion_tests,),
    *(
        filters,
        filter_weights,
        measure_maps,
    ),
    *(
        saliency,
        saliency_topography,
        alignment_lags,
    ),
    *(acoustic_prediction, acoustic_maps, acoustics_measures, contours),
    *(attribution, attribution_agreement, attribution_curves),
    *(clusters, replication, correlogram, organisation, courses, timing, response_autocorrelation),
    *(onset_maps, speaker_maps, speaker_agreement, phone_similarity, phone_trees, phone_tree_agreement),
    *(ladder, unit_variance, relations),
    *(windows, window_curves, yoking),
    *(sonification_summary, sonification_examples),
)
COMPARED = (recognition_by_speaker, compared_recognition, letter_confusions)
OF_ALL = (
    topography,
    conditions,
    comparison,
    unit_measures,
    *COMPARED,
    speakers,
    reasons,
    durations,
    calibration,
    power,
)
MADE: dict[str, Callable[..., Any]] = {made.__name__: made for made in (*OF_TRAININGS, *OF_ALL)}


def rows(tables: Fabricated, name: str, *training: Any) -> list[Row]:
    """Rows of a table, of a training where each has its own."""
    made = MADE.get(name)
    return list(made(tables, *training) if made else getattr(tables, name)(*training))


def written(path: Path, found: list[Row]) -> Path:
    write_table(path, list(found[0]), found)
    return path


def once(path: Path, tables: Fabricated, name: str, *training: Any) -> Path:
    """The path of a table, which is written once, whatever figures read it."""
    return path if path.exists() else written(path, rows(tables, name, *training))


def onsets(path: Path) -> Path:
    """A table of onsets."""
    errors = np.random.default_rng(0).laplace(scale=0.02, size=300)
    write_boundaries(path, [Boundary("a", "test", "one", path.stem, "word", "six", 1.0, 1.0 + e) for e in errors])
    return path


@cache
def settings_of_config() -> Any:
    """What config.yaml says."""
    return yaml.safe_load(CONFIG.read_text(encoding="utf-8"))


def setting(dotted: str) -> Any:
    """A setting of config.yaml, or what the workflow derives from several."""
    if dotted == "kernels":
        return {"topographic": {"shape": "gaussian", "radius": 1.4}}
    value = settings_of_config()
    for name in dotted.split("."):
        value = value[name]
    return value


def material(figure: Figure, tables: Fabricated, folder: Path, **settings: Any) -> Material:
    """What the workflow hands to the figure, its tables written into `folder`, which figures may share."""
    trainings = [(name, seed) for name, seed in tables.trainings if seed == tables.seeds[0] or not figure.each_seed]
    return Material(
        tables={
            **{
                name: [once(folder / f"{name}.{one}.{seed}.tsv", tables, name, one, seed) for one, seed in trainings]
                for name in figure.trainings
            },
            **{name: [onsets(folder / f"{name}.tsv")] for name in figure.corpora},
            **{name: [once(folder / f"{name}.tsv", tables, name)] for name in figure.summaries},
        },
        trainings=trainings if figure.trainings else (),
        geometry={
            name: once(folder / f"geometry.{name}.tsv", tables, "geometry", name)
            for name in tables.conditions
            if figure.geometry
        },
        inventory_path=RESOURCES / "phones.tsv",
        conditions=style.Conditions.of(tables.conditions, tables.conditions[:1]),
        settings={name: setting(path) for name, path in figure.settings.items()} | settings,
    )
