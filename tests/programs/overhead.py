"""What the workflow costs beside its work, in the folder of a finished run: python tests/programs/overhead.py.

A job's overhead is its time from start to end in Snakemake's log less the time of its script (its benchmark), plus
the start of that script: Python and all imports, taken here. Then the time of plans, in seconds of wall and of CPU.
"""

import ast
import re
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).parents[1] / "support"), str(Path(__file__).parents[2] / "workflow" / "scripts")]

from parsed import every_rule  # noqa: E402

SCRIPTS = Path("workflow", "scripts")
BEGIN = re.compile(r"^\[(.*)\]\n(?:local)?rule (\w+):\n((?:    .*\n)+)", re.MULTILINE)
END = re.compile(r"^\[(.*)\]\nFinished jobid: (\d+) ", re.MULTILINE)
LIMITS = {"dry run of everything": 4.0, "nothing to do": 5.0}
LARGEST_SHARE = 0.10


class Job(NamedTuple):
    """Wall time from start to end in the log, which counts whole seconds, and of the script alone; in seconds."""

    rule: str
    wall_s: float
    script_s: float


def moment(text: str) -> float:
    return datetime.strptime(text, "%a %b %d %H:%M:%S %Y").timestamp()


def jobs(log: str) -> Iterator[Job]:
    """Jobs of a run that have a benchmark: targets and jobs of a moment have none."""
    ends = {number: moment(when) for when, number in END.findall(log)}
    for when, rule, body in BEGIN.findall(log):
        number, benchmark = re.search(r"jobid: (\d+)", body), re.search(r"benchmark: (\S+)", body)
        if number and benchmark and number[1] in ends and Path(benchmark[1]).exists():
            script_s = float(Path(benchmark[1]).read_text().splitlines()[1].split("\t")[0])
            yield Job(rule, ends[number[1]] - moment(when), script_s)


def scripts() -> dict[str, Path]:
    """The script of each rule."""
    return {rule.name: rule.script for rule in every_rule() if rule.script and rule.script.suffix == ".py"}


def measured(*command: str) -> tuple[float, float]:
    """Wall and CPU seconds of a process, the least of three."""
    times = []
    for _ in range(3):
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        times.append((time.perf_counter() - begun, cpu_s))
    return min(wall for wall, _ in times), min(cpu for _, cpu in times)


def start(script: Path) -> float:
    """Wall seconds of Python with the script's imports and nothing else."""
    nodes = ast.parse(script.read_text(encoding="utf-8")).body
    imports = "\n".join(ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom))
    return measured("-c", f"import sys; sys.path.insert(0, {str(SCRIPTS)!r})\n{imports}")[0]


def overhead(log: str) -> float:
    """Print a row per rule; returns the share of all job time that is no work."""
    by_rule, where, starts = defaultdict[str, list[Job]](list), scripts(), dict[Path, float]()
    for job in jobs(log):
        by_rule[job.rule].append(job)
    print("rule\tjobs\twall_s\tsnakemake_s\tstart_s\twork_s")
    total = lost = 0.0
    for rule, done in by_rule.items():
        script = where[rule]
        starts[script] = starts.get(script) or start(script)
        wall, inside, begun = (
            sum(job.wall_s for job in done),
            sum(job.script_s for job in done),
            starts[script] * len(done),
        )
        print(f"{rule}\t{len(done)}\t{wall:.0f}\t{wall - inside:.1f}\t{begun:.1f}\t{inside - begun:.1f}")
        total, lost = total + wall, lost + wall - inside + begun
    print(
        f"all jobs: {total:.0f} s, of which {lost:.0f} s or {lost / total:.1%} are no work (limit {LARGEST_SHARE:.0%})"
    )
    return lost / total


def plans() -> bool:
    """Print what plans cost; whether all are within their limits."""
    options = {"dry run of everything": ["--dry-run", "--forceall"], "nothing to do": ["--cores", "1"]}
    found = {name: measured("-m", "snakemake", *arguments) for name, arguments in options.items()}
    for name, (wall, cpu) in found.items():
        print(f"{name}: {wall:.1f} s, {cpu:.1f} s of CPU (limit {LIMITS[name]:.0f} s)")
    return all(wall <= LIMITS[name] for name, (wall, _) in found.items())


def main() -> None:
    logs = [path.read_text(encoding="utf-8") for path in Path(".snakemake", "log").glob("*.log")]
    share = overhead(max(logs, key=lambda log: len(END.findall(log))))
    sys.exit(not (plans() and share <= LARGEST_SHARE))


if __name__ == "__main__":
    main()
