"""Fabricated tables in the form of a finished run, for the tests of figures: a smooth map and an unordered one."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, label

from phonotopy.core.grid import Grid
from phonotopy.core.inventory import Inventory, read_inventory
from phonotopy.figures.trainings import Row, Training

RESOURCES = Path(__file__).parents[2] / "resources"
NULLS = {"positions": (-0.004, 0.031), "labels": (0.12, 0.05)}
QUEEN = np.ones((3, 3))


@cache
def inventory() -> Inventory:
    """The inventory of the project."""
    return read_inventory(RESOURCES / "phones.tsv")


@dataclass(frozen=True)
class Fabricated:
    """Everything that figures read; `too_few` phones have no selectivity."""

    grids: tuple[Grid, ...] = (Grid(16, 16),) * 5
    conditions: tuple[str, ...] = ("control", "topographic")
    seeds: tuple[int, ...] = (0, 1)
    too_few: tuple[str, ...] = ("ZH",)
    dead: tuple[int, ...] = (7, 8)
    phones: tuple[str, ...] = inventory().labels
    unlike: tuple[tuple[str, tuple[Grid, ...]], ...] = ()  # conditions with layers of their own
    fields: tuple[tuple[str, float], ...] = ()  # by how many seconds their receptive fields grow with depth

    def grids_of(self, condition: str) -> tuple[Grid, ...]:
        """Grids of the layers of a condition."""
        return dict(self.unlike).get(condition, self.grids)

    def field_s(self, condition: str, layer: int) -> float:
        """Receptive field of a layer."""
        usual = 0.2 if condition in dict(self.unlike) else 0.12
        return 0.125 + dict(self.fields).get(condition, usual) * (layer - 1)

    @property
    def trainings(self) -> list[tuple[str, int]]:
        """Condition and seed of every training."""
        return [(condition, seed) for condition in self.conditions for seed in self.seeds]

    def generator(self, *parts: object) -> np.random.Generator:
        """A stream for one fabricated thing."""
        return np.random.default_rng([sum(ord(c) * (i + 1) for i, c in enumerate(str(part))) for part in parts])

    @cache  # noqa: B019 (lives as long as the tests)
    def d_prime(self, condition: str, seed: int, layer: int, phone: str) -> NDArray[np.float64]:
        """A map of one phone, smooth for all conditions but the first."""
        grid = self.grids_of(condition)[layer - 1]
        white = self.generator(condition, seed, layer, phone).normal(size=(grid.rows, grid.columns))
        rough = white if condition == self.conditions[0] else gaussian_filter(white, grid.rows / 9, mode="wrap")
        scaled = np.asarray(0.55 * rough / rough.std())
        scaled.flat[list(self.dead)] = np.nan
        return scaled

    def geometry(self, condition: str) -> list[Row]:
        """Rows of the geometry of a condition."""
        return [
            {
                "layer": n, "name": f"layer{n}", "units": grid.units, "rows": grid.rows, "columns": grid.columns,
                "torus": grid.torus, "stride_s": 0.02, "offset_s": 0.0, "receptive_field_s": self.field_s(condition, n),
            }
            for n, grid in enumerate(self.grids_of(condition), start=1)
        ]  # fmt: skip

    def selectivity(self, condition: str, seed: int) -> list[Row]:
        """Rows of selectivity.tsv."""
        return [
            self._cell(grid, layer, unit, phone, value)
            for layer, grid in enumerate(self.grids_of(condition), start=1)
            for phone in self.phones
            for unit, value in enumerate(self.d_prime(condition, seed, layer, phone).flat)
        ]

    def _cell(self, grid: Grid, layer: int, unit: int, phone: str, value: float) -> Row:
        usable = phone not in self.too_few
        status = "too few" if not usable else "dead" if unit in self.dead else "ok"
        value = value if status == "ok" else np.nan
        row, column = divmod(unit, grid.columns)
        return {
            "layer": layer, "unit": unit, "row": row, "column": column, "phone": phone, "tokens": 400 if usable else 12,
            "speakers": 8, "d_prime": value, "contrast": value, "t": 8 * value, "p": 0.01, "q": 0.02,
            "responsive": bool(value >= 0.5), "status": status,
        }  # fmt: skip

    def preferences(self, condition: str, seed: int) -> list[Row]:
        """Rows of preferences.tsv."""
        phones = [phone for phone in self.phones if phone not in self.too_few]
        rows, manners = [], {phone: inventory().manner_of(phone) for phone in phones}
        for layer, grid in enumerate(self.grids_of(condition), start=1):
            maps = np.stack([self.d_prime(condition, seed, layer, phone).ravel() for phone in phones])
            for unit in range(grid.units):
                dead = unit in self.dead
                best = 0 if dead else int(np.argmax(maps[:, unit]))
                rows.append({
                    "layer": layer, "unit": unit, "row": unit // grid.columns, "column": unit % grid.columns,
                    "dead": dead, "phone": "" if dead else phones[best],
                    "manner": "" if dead else manners[phones[best]],
                    "d_prime": np.nan if dead else maps[best, unit],
                })  # fmt: skip
        return rows

    def autocorrelation(self, condition: str, seed: int) -> list[Row]:
        """Rows of autocorrelation.tsv: means over phones, and one phone."""
        mapped = condition != self.conditions[0]
        level = (0.62 if mapped else 0.0) + 0.01 * seed
        return [
            self._statistic(layer, phone, "morans_i", null, level, NULLS[null], 0.02, weights=weights)
            for layer in range(1, len(self.grids_of(condition)) + 1)
            for phone in ("S", "mean")
            for weights in ("queen", "rook")
            for null in NULLS
        ]

    def regions(self, condition: str, seed: int) -> list[Row]:
        """Rows of regions.tsv: regions of fabricated maps; a share that is 0 under every shift has no p."""
        rows = []
        for layer in range(1, len(self.grids_of(condition)) + 1):
            maps = [self.d_prime(condition, seed, layer, phone) >= 0.5 for phone in ("S", "M", "IY")]
            labelled = [label(inside, QUEEN) for inside in maps]
            largest = float(np.mean([np.bincount(image.ravel())[1:].max(initial=0) for image, _ in labelled]))
            counts = float(np.mean([count for _, count in labelled]))
            share = float(np.mean([inside.mean() for inside in maps]))
            for statistic, value, nulls in (
                ("regions", counts, {"positions": (19.0, 1.2), "labels": (9.0, 2.0)}),
                ("largest_region", largest, {"positions": (10.5, 1.6), "labels": (14.0, 2.5)}),
                ("responsive_share", share, {"labels": (0.0, 0.0)}),
            ):
                rows += [
                    self._statistic(layer, phone, statistic, null, value, moments, 0.0)
                    for null, moments in nulls.items()
                    for phone in ("S", "mean")
                ]
        return rows

    def _statistic(
        self, layer: int, phone: str, statistic: str, null: str, value: float, null_moments: tuple[float, float],
        jitter: float, **other: str,
    ) -> Row:  # fmt: skip
        observed = value + jitter * float(self.generator(layer, phone, statistic, value).normal())
        mean, sd = null_moments
        p = np.nan if sd == 0 else 0.0002 if abs(observed - mean) > 3 * sd else 0.4
        return {
            "layer": layer, "phone": phone, "statistic": statistic, **other, "observed": observed, "null": null,
            "null_mean": mean, "null_sd": sd, "permutations": 9999, "alternative": "two-sided", "p": p, "q": p,
            "p_family": np.nan if phone == "mean" else p,
        }  # fmt: skip

    def topography(self) -> list[Row]:
        """Rows of topography.tsv, as far as figures read them."""
        rows = []
        for condition, seed in self.trainings:
            for layer in range(1, len(self.grids_of(condition)) + 1):
                noise = float(self.generator("topography", condition, seed, layer).normal())
                mapped = condition != self.conditions[0]
                unlike = self.grids_of(condition) != self.grids_of(self.conditions[0])
                rows.append({
                    "corpus": "synthetic", "condition": condition, "seed": seed, "layer": layer,
                    "morans_i_mean": (0.62 if mapped else 0.0) + 0.02 * noise,
                    "effective_rank_share": np.nan if unlike else (3.7 / layer**0.5 + 0.2 * noise) if mapped else 1.0,
                })  # fmt: skip
        return rows

    def history(self, condition: str, seed: int) -> list[Row]:
        """Rows of history.tsv."""
        noise = self.generator("history", condition, seed).normal(size=14)
        falling = np.exp(-np.maximum(0, np.arange(14) - 3) / 3.0)
        return [
            {
                "epoch": n + 1, "learning_rate": 0.004, "ctc_loss": 0.3 + 2.6 * falling[n], "objective_loss": 0.02,
                "dev_ctc_loss": 0.5 + 2.4 * falling[n] + 0.03 * noise[n],
                "dev_letter_error_rate": 0.12 + 0.75 * falling[n] + 0.01 * noise[n],
            }
            for n in range(14)
        ]  # fmt: skip

    def recognition(self) -> list[Row]:
        """Rows of recognition.tsv."""
        rows = []
        for condition, seed in self.trainings:
            for split, level, speakers in (("train", 0.06, 20), ("dev", 0.11, 4), ("test", 0.125, 8)):
                rate = level + 0.004 * float(self.generator("recognition", condition, seed, split).normal())
                rows.append({
                    "corpus": "synthetic", "condition": condition, "seed": seed, "split": split, "utterances": 300,
                    "speakers": speakers, "letter_error_rate": rate, "word_error_rate": 2.6 * rate,
                })  # fmt: skip
        return rows

    def by_training(self, kind: str) -> dict[Training, list[Row]]:
        """A table of every training, as figures take them."""
        return {Training(condition, seed): getattr(self, kind)(condition, seed) for condition, seed in self.trainings}
