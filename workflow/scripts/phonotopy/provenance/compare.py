"""What differs between two runs: settings, code, packages, machines and tables."""

import json
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from phonotopy.core.errors import InputError
from phonotopy.core.files import checksum

__all__ = ["compare", "described", "read_record"]

NAME = "provenance.json"
ABSENT = "-"
Record = dict[str, Any]
Difference = tuple[str, str, str, str]  # subject, name, value in the first run, value in the second


def read_record(path: str | Path) -> Record:
    """The record of a run, from its folder of results, its archive, or the file itself; InputError without one.

    In a folder, tables are taken as they lie there now.
    """
    path = Path(path)
    file = path / NAME if path.is_dir() else path
    try:
        record: Record = json.loads(_member(file) if tarfile.is_tarfile(file) else file.read_text(encoding="utf-8"))
        missing = {"settings", "code", "packages", "environments", "tables"} - set(record)
        if missing:
            raise ValueError(f"without {', '.join(sorted(missing))}")
    except (OSError, ValueError, TypeError, StopIteration, tarfile.TarError) as error:
        expected = f"a folder of results, an archive of one, or its {NAME}"
        advice = "make it: snakemake provenance"
        raise InputError(str(path), f"no record of a run ({error})", expected, advice) from error
    if path.is_dir():
        record["tables"] = {table.name: checksum(table) for table in sorted((path / "tables").glob("*.tsv"))}
    return record


def _member(archive: Path) -> str:
    """The text of the record in an archive, of which nothing is unpacked."""
    with tarfile.open(archive) as tar:
        found = next(member for member in tar.getmembers() if Path(member.name).name == NAME)
        stream = tar.extractfile(found)
        return stream.read().decode() if stream else ""


def compare(one: Record, other: Record) -> list[Difference]:
    """All that differs, most basic first; tables of one run alone count as different."""
    return [
        *_differences("settings", _flat(one["settings"]), _flat(other["settings"])),
        *_differences("code", one["code"], other["code"]),
        *_differences("packages", one["packages"], other["packages"]),
        *_differences("environment", _machine(one), _machine(other)),
        *_differences("tables", one["tables"], other["tables"]),
    ]


def _differences(subject: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Difference]:
    for name in dict.fromkeys([*one, *other]):
        first, second = (str(record.get(name, ABSENT)) for record in (one, other))
        if first != second:
            yield subject, name, first, second


def _flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Settings by their dotted path."""
    found: dict[str, Any] = {}
    for key, value in settings.items():
        nested = isinstance(value, dict) and value
        found |= _flat(value, f"{prefix}{key}.") if nested else {f"{prefix}{key}": value}
    return found


def _machine(record: Record) -> dict[str, str]:
    """Every fact about the machines of a run; several values where its jobs ran on several."""
    facts: dict[str, set[str]] = {}
    for own in record["environments"]:
        named = {name: value for name, value in own.items() if name not in ("jobs", "packages")}
        for name, value in {**named, **{f"loaded {key}": value for key, value in own["packages"].items()}}.items():
            facts.setdefault(name, set()).add(str(value))
    return {name: ", ".join(sorted(values)) for name, values in facts.items()}


def described(differences: list[Difference], names: tuple[str, str]) -> str:
    """The differences as text for a terminal, one per line; digests are cut to what distinguishes them at sight."""
    tables = [name for subject, name, *_ in differences if subject == "tables"]
    lines = [
        f"{subject}  {name}: {_short(one)} | {_short(two)}"
        for subject, name, one, two in differences
        if subject != "tables"
    ]
    head = f"{names[0]} | {names[1]}"
    verdict = f"tables that differ: {', '.join(tables)}" if tables else "tables: all the same"
    return "\n".join([head, *(lines or ["settings, code, packages, environment: the same"]), verdict])


def _short(value: str) -> str:
    return value[:12] if len(value) in (40, 64) and all(letter in "0123456789abcdef" for letter in value) else value
