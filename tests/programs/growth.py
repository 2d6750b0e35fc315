"""How time and memory of each rule grow with hours of speech: python tests/programs/growth.py [table] [hours …].

The whole chain, from the embedded corpus to statistics, with one epoch of one training, for each number of hours (1, 4
and 16 of them: ten minutes on two cores with AVX-512, 5 GB of disk). Prints, and writes into the table, for each rule
what its jobs took at each size, how that grows from the smallest to the largest, and what an hour more takes.
"""

import csv
import math
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from costs import Job, jobs

HOURS = (1.0, 4.0, 16.0)
SPLITS = {"train": 0.82, "dev": 0.06, "test": 0.12}  # of the speech, as in the default run
FOLDER = Path("results", "growth")
LARGEST_EXPONENT, LARGEST_RATIO = 1.05, 1.3
FLOOR_MB = 500  # Python with its libraries; smaller peaks are often seen in part only
Row = dict[str, Any]


def settings(hours: float) -> Row:
    """An overlay of config.yaml with so many hours of speech."""
    minutes = {split: round(60 * hours * share, 3) for split, share in SPLITS.items()}
    return {
        "results": str(folder(hours)),
        "run": ["topographic"],
        "corpus": {"synthetic": {"minutes": minutes}},
        "training": {"seeds": [0], "optimiser": {"epochs": 1}},
    }


def folder(hours: float) -> Path:
    return FOLDER / f"{hours:g}h"


def run(hours: float) -> Mapping[tuple[str, str], Sequence[Job]]:
    """Jobs of the chain by stage and rule; those that are done are not made again."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    overlay = FOLDER / f"{hours:g}h.yaml"
    overlay.write_text(yaml.safe_dump(settings(hours)), encoding="utf-8")
    command = ("snakemake", "mapping", "--cores", str(os.cpu_count()), "--configfile", str(overlay))
    subprocess.run((sys.executable, "-m", *command), check=True)
    return jobs(folder(hours) / "benchmarks")


def exponent(hours: Sequence[float], seconds: Sequence[float]) -> float:
    """That of the power of hours with which seconds grow, from the smallest to the largest."""
    return math.log(seconds[-1] / seconds[0]) / math.log(hours[-1] / hours[0])


def rows(hours: Sequence[float], found: Sequence[Mapping[tuple[str, str], Sequence[Job]]]) -> list[Row]:
    """One row per rule that has jobs at all sizes."""
    table = []
    for stage, rule in found[-1]:
        done = [jobs_of.get((stage, rule), []) for jobs_of in found]
        if not all(done):
            continue
        seconds = [sum(job.seconds for job in part) for part in done]
        memory_mb = [max(job.memory_mb for job in part) for part in done]
        row: Row = {"stage": stage, "rule": rule}
        row |= {f"seconds_{n:g}h": round(value, 1) for n, value in zip(hours, seconds, strict=True)}
        row |= {f"peak_memory_mb_{n:g}h": round(value) for n, value in zip(hours, memory_mb, strict=True)}
        row["exponent"] = round(exponent(hours, seconds), 2)
        row["seconds_per_hour"] = round((seconds[-1] - seconds[-2]) / (hours[-1] - hours[-2]), 2)
        row["memory_ratio"] = round(memory_mb[-1] / memory_mb[0], 2) if memory_mb[0] else math.nan
        table.append(row)
    return table


def main(path: Path, hours: Sequence[float]) -> None:
    table = rows(hours, [run(size) for size in hours])
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, table[0], delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    print(path.read_text(encoding="utf-8"))
    for row in table:
        if row["exponent"] > LARGEST_EXPONENT:
            print(f"{row['rule']}: time grows with the power {row['exponent']} of hours")
        if row["memory_ratio"] > LARGEST_RATIO and row[f"peak_memory_mb_{hours[-1]:g}h"] > FLOOR_MB:
            print(f"{row['rule']}: memory grows {row['memory_ratio']}-fold")


if __name__ == "__main__":
    table = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER / "growth.tsv"
    main(table, [float(size) for size in sys.argv[2:]] or HOURS)
