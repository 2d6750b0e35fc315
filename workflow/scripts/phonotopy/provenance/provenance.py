"""Where results come from: settings, code, packages, machine, and the digests of the tables."""

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from phonotopy.core.environment import read_environment
from phonotopy.core.files import checksum, replacing

__all__ = ["code_version", "environments", "gather", "pinned", "release", "settings_digest", "write", "write_page"]

Record = dict[str, Any]
HEAD = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Provenance</title>
<style>
:root { color-scheme: light dark }
body { font: 14px system-ui, sans-serif; margin: 1em }
body { color: light-dark(#1a1c20, #e9ebef); background: light-dark(#fff, #16181c) }
h1 { font-size: 20px }
h2 { font-size: 15px; margin: 1.2em 0 0.3em }
th { text-align: left; vertical-align: top; font-weight: normal; padding-right: 2em }
th { color: light-dark(#5c626d, #a7aeba) }
th, td, pre { overflow-wrap: anywhere; white-space: pre-wrap }
td, pre { font-family: monospace }
</style>
<main>
<h1>Provenance</h1>
"""
SOURCES = ("Snakefile", "workflow", "resources")  # what results depend on, beside the settings
TRAINING = re.compile(r"(?P<corpus>[^/]+)/(?P<condition>[^/]+)/seed(?P<seed>\d+)/[^/]+$")


def gather(
    settings: Mapping[str, Any], root: Path, logs: Path, runs: Sequence[tuple[str, int]], tables: Iterable[Path]
) -> Record:
    """The whole record of a finished run.

    `root` is the folder of the project; `logs` that of the run, of whose trainings only `runs` (condition, seed) count.
    """
    training = settings["training"]
    return {
        "settings": settings,
        "settings_sha256": settings_digest(settings),
        "seed": settings["seed"],
        "conditions": {name: settings["conditions"][name] for name in settings["run"]},
        "trainings": {name: training[name] for name in ("seeds", "device", "processes", "threads", "precision")},
        "version": release(root / "CITATION.cff"),
        "code": code_version(root),
        "packages": {name: version(name) for name in pinned(root / "pyproject.toml")},
        "environments": environments(logs, runs),
        "tables": {path.name: checksum(path) for path in sorted(tables)},
    }


def settings_digest(settings: Mapping[str, Any]) -> str:
    """SHA-256 of settings, whatever the order of their keys."""
    return checksum(json.dumps(settings, sort_keys=True).encode())


def release(citation: Path) -> str:
    """Version of the software: the only source of it is the file that says how to cite it."""
    return str(yaml.safe_load(citation.read_text(encoding="utf-8"))["version"])


def code_version(root: Path) -> Record:
    """Digest of the sources, with the git commit, and whether they differ from it, where `root` is a checkout."""
    files = [file for name in SOURCES for file in _sources(root / name)]
    listed = "".join(f"{checksum(file)}  {file.relative_to(root).as_posix()}\n" for file in sorted(files))
    commit = _git(root, "rev-parse", "HEAD") if _is_checkout(root) else None
    changed = _git(root, "status", "--porcelain", "--", *SOURCES) if commit else None
    return {"sha256": checksum(listed.encode()), "commit": commit, "dirty": None if changed is None else bool(changed)}


def _sources(path: Path) -> list[Path]:
    files = [path] if path.is_file() else path.rglob("*")
    return [file for file in files if file.is_file() and file.suffix != ".pyc" and not file.name.startswith(".")]


def _is_checkout(root: Path) -> bool:
    """Whether git knows `root` itself, rather than a folder around it."""
    top = _git(root, "rev-parse", "--show-toplevel")
    return top is not None and Path(top).resolve() == root.resolve()


def _git(root: Path, *arguments: str) -> str | None:
    """What git answers in `root`; None without git or where it refuses."""
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "--no-optional-locks", "-C", str(root), *arguments]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return answer.stdout.strip() if answer.returncode == 0 else None


def pinned(pyproject: Path) -> list[str]:
    """Names of the packages that running needs."""
    groups = tomllib.loads(pyproject.read_text(encoding="utf-8"))["dependency-groups"]
    return sorted(entry.partition("==")[0] for entry in groups["run"])


def environments(logs: Path, runs: Sequence[tuple[str, int]]) -> list[Record]:
    """The different machines that jobs ran on, each with the versions of packages there and its jobs."""
    found: dict[str, Record] = {}
    for job, record in _jobs(logs, runs):
        packages = record.pop("packages")
        own = found.setdefault(json.dumps(record, sort_keys=True), {**record, "packages": {}, "jobs": []})
        for name, number in packages.items():
            versions = {*own["packages"].get(name, "").split(), number}
            own["packages"][name] = " ".join(sorted(versions))
        own["jobs"].append(job)
    return [{**own, "packages": dict(sorted(own["packages"].items()))} for _, own in sorted(found.items())]


def _jobs(logs: Path, runs: Sequence[tuple[str, int]]) -> Iterator[tuple[str, Record]]:
    """Finished jobs by the path of their log; those of trainings that are no longer asked for are left out."""
    for log in sorted(logs.rglob("*.log")):
        name = log.relative_to(logs).with_suffix("").as_posix()
        trained = TRAINING.search(name)
        record = read_environment(log)
        if record and (not trained or (trained["condition"], int(trained["seed"])) in runs):
            yield name, record


def write(path: str | Path, record: Record) -> None:
    """Write a record as JSON."""
    with replacing(path) as part:
        part.write_text(json.dumps(record, sort_keys=True, indent=1) + "\n", encoding="utf-8")


def write_page(path: str | Path, record: Record) -> None:
    """Write a page for the report: what its readers look for, in a table for each subject, and all settings."""
    parts = [HEAD]
    for subject, facts in groupby(_facts(record), key=lambda fact: fact[0]):
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>\n" for _, name, value in facts)
        parts.append(f"<h2>{escape(subject)}</h2>\n<table>\n{rows}</table>\n")
    settings = json.dumps(record["settings"], indent=1, ensure_ascii=False)
    parts.append(f"<h2>all settings</h2>\n<pre>{escape(settings)}</pre>\n</main>\n</html>\n")
    with replacing(path) as part:
        part.write_text("".join(parts), encoding="utf-8")


def _facts(record: Record) -> Iterator[tuple[str, str, object]]:
    """Subject, name and value of each fact."""
    code = record["code"]
    yield "settings", "SHA-256", record["settings_sha256"]
    yield "settings", "seed", record["seed"]
    for name, own in record["conditions"].items():
        yield "conditions", name, "; ".join(f"{key}: {_text(value)}" for key, value in own.items())
    yield from (("training", name, _text(value)) for name, value in record["trainings"].items())
    yield "code", "version", record["version"]
    yield "code", "SHA-256 of the sources", code["sha256"]
    yield "code", "git commit", code["commit"] or "not a git checkout"
    if code["commit"]:
        yield "code", "changed since the commit", code["dirty"]
    yield from (("packages", name, number) for name, number in record["packages"].items())
    for number, own in enumerate(record["environments"], start=1):
        facts = ("processor", "instructions", "system", "device", "threads", "python")
        yield from ((f"environment {number}", name, own[name]) for name in facts if own[name] is not None)
        yield f"environment {number}", "jobs", len(own["jobs"])
    yield from (("SHA-256 of tables", name, value) for name, value in record["tables"].items())


def _text(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
