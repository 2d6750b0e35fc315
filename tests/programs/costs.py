"""What each stage of a finished run cost: python tests/programs/costs.py results/benchmarks.

With the name of a rule, what its jobs cost by condition: python tests/programs/costs.py results/benchmarks train.
"""

import csv
import sys
from collections import defaultdict
from pathlib import Path
from statistics import fmean
from typing import NamedTuple


class Job(NamedTuple):
    """Wall time in seconds and peak memory in MB of one job."""

    seconds: float
    memory_mb: float


def jobs(folder: Path) -> dict[tuple[str, str], list[Job]]:
    """Jobs by stage and by the name of their benchmark file, which is that of the rule."""
    found: dict[tuple[str, str], list[Job]] = defaultdict(list)
    for path in sorted(folder.rglob("*.tsv")):
        with path.open(newline="", encoding="utf-8") as stream:
            for row in csv.DictReader(stream, delimiter="\t"):
                memory_mb = float(row["max_rss"]) if row["max_rss"] not in ("-", "NA") else 0.0  # too short to see
                found[path.relative_to(folder).parts[0], path.stem].append(Job(float(row["s"]), memory_mb))
    return found


def conditions(folder: Path, rule: str) -> dict[str, list[float]]:
    """Wall times of the jobs of a rule by condition, in seconds, of every seed: of the attempt that ended well."""
    found: dict[str, list[float]] = defaultdict(list)
    for path in sorted(folder.glob(f"*/*/*/seed*/{rule}.tsv")):
        with path.open(newline="", encoding="utf-8") as stream:
            found[path.parts[-3]] += [float(row["s"]) for row in csv.DictReader(stream, delimiter="\t")]
    return found


def compare(folder: Path, rule: str) -> None:
    print("condition\tjobs\tmean_seconds\tleast\tmost")
    for condition, seconds in conditions(folder, rule).items():
        print(f"{condition}\t{len(seconds)}\t{fmean(seconds):.1f}\t{min(seconds):.1f}\t{max(seconds):.1f}")


def main(folder: Path) -> None:
    print("stage\trule\tjobs\tseconds\tpeak_memory_mb")
    for (stage, rule), done in jobs(folder).items():
        seconds, memory_mb = sum(job.seconds for job in done), max(job.memory_mb for job in done)
        print(f"{stage}\t{rule}\t{len(done)}\t{seconds:.1f}\t{memory_mb:.0f}")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        compare(Path(sys.argv[1]), sys.argv[2])
    else:
        main(Path(sys.argv[1]))
