"""What a run was made from, what differs between two, and what goes into an archive."""

import copy
import hashlib
import html
import json
import logging
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from phonotopy.core import environment, logs
from phonotopy.core.errors import InputError
from phonotopy.provenance import provenance
from phonotopy.provenance.archive import pack
from phonotopy.provenance.compare import compare, described, read_record
from preflight import privacy

ROOT = Path(__file__).parents[2]
SETTINGS: dict[str, Any] = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with logs of a run and a table."""
    root = tmp_path / "project"
    (root / "workflow").mkdir(parents=True)
    (root / "Snakefile").write_text("# rules\n")
    (root / "workflow" / "module.py").write_text("x = 1\n")
    for name in ("pyproject.toml", "CITATION.cff"):
        shutil.copy(ROOT / name, root)
    (root / "results" / "tables").mkdir(parents=True)
    (root / "results" / "tables" / "depth.tsv").write_text("layer\n1\n")
    for job in ("corpus/synthetic", "training/synthetic/control/seed0/train", "training/synthetic/control/seed7/train"):
        with logs.opened(root / "results" / "logs" / f"{job}.log") as log:
            log.info("working")
    return root


def record_of(root: Path, settings: dict[str, Any] = SETTINGS) -> dict[str, Any]:
    results = root / "results"
    tables = (results / "tables").glob("*.tsv")
    return provenance.gather(settings, root, results / "logs", [("control", 0)], tables)


def test_a_log_ends_with_what_its_job_ran_on(tmp_path: Path) -> None:
    with logs.opened(tmp_path / "a.log") as log:
        log.info("100 %% done, %d left", 0)
    found = environment.read_environment(tmp_path / "a.log")
    assert found is not None
    assert found["python"] == platform.python_version()
    assert found["packages"]["yaml"] == yaml.__version__
    assert found["processor"]
    assert "working" not in found


def test_a_failed_job_leaves_no_record(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), logs.opened(tmp_path / "a.log"):
        _ = 1 / 0
    assert environment.read_environment(tmp_path / "a.log") is None
    assert not logging.getLogger("phonotopy").handlers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("model name\t: Some CPU\nflags\t\t: fpu avx avx2 avx512f\n", ("Some CPU", "avx512f")),
        ("model name\t: Some CPU\nflags\t\t: fpu avx2 avx512f avx512_bf16\n", ("Some CPU", "avx512_bf16")),
        ("Features\t: fp asimd\n", (platform.processor() or platform.machine(), "asimd")),
        ("", (platform.processor() or platform.machine(), "unknown")),
    ],
)
def test_processor_and_instructions_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: tuple[str, str]
) -> None:
    (tmp_path / "cpuinfo").write_text(text)
    monkeypatch.setattr(environment, "CPUINFO", tmp_path / "cpuinfo")
    assert environment.processor() == expected


def test_the_record_of_a_run_is_whole(project: Path) -> None:
    record = record_of(project)
    assert record["settings"] == SETTINGS
    assert record["packages"]["torch"] == "2.11.0"
    assert record["trainings"]["seeds"] == [0, 1]
    assert record["tables"] == {"depth.tsv": hashlib.sha256(b"layer\n1\n").hexdigest()}
    jobs = [job for own in record["environments"] for job in own["jobs"]]
    assert jobs == ["corpus/synthetic", "training/synthetic/control/seed0/train"]  # seed 7 is no longer asked for
    assert record["code"]["commit"] is None
    assert f"version: {record['version']}\n" in (project / "CITATION.cff").read_text(encoding="utf-8")


def test_the_record_does_not_change_by_itself(project: Path) -> None:
    assert json.dumps(record_of(project)) == json.dumps(record_of(project))


def test_the_page_states_each_fact_once_and_runs_nothing(project: Path, tmp_path: Path) -> None:
    settings = copy.deepcopy(SETTINGS)
    settings["corpus"]["recordings"]["test_speakers"] = ["<script>alert(1)</script>", 'a"b&c']
    record = record_of(project, settings)
    provenance.write_page(tmp_path / "provenance.html", record)
    page = (tmp_path / "provenance.html").read_text(encoding="utf-8")
    for name, value in [
        ("SHA-256", record["settings_sha256"]),
        ("topographic", "objective: response_kernel"),
        ("jobs", "2"),
        ("depth.tsv", record["tables"]["depth.tsv"]),
        ("git commit", "not a git checkout"),
    ]:
        assert page.count(f"<tr><th>{name}</th><td>{value}</td></tr>") == 1
    assert "<script" not in page
    assert html.unescape(page.partition("<pre>")[2].partition("</pre>")[0]) == json.dumps(
        settings, indent=1, ensure_ascii=False
    )


def test_the_order_of_settings_does_not_matter() -> None:
    turned = dict(reversed(SETTINGS.items()))
    assert provenance.settings_digest(turned) == provenance.settings_digest(SETTINGS)
    assert provenance.settings_digest({**SETTINGS, "seed": 1}) != provenance.settings_digest(SETTINGS)


def test_code_is_known_by_commit_and_content(project: Path) -> None:
    before = provenance.code_version(project)
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "x")
    clean = provenance.code_version(project)
    assert clean["sha256"] == before["sha256"]
    assert (len(clean["commit"]), clean["dirty"]) == (40, False)
    (project / "results" / "tables" / "depth.tsv").write_text("layer\n2\n")
    assert provenance.code_version(project) == clean
    (project / "workflow" / "module.py").write_text("x = 2\n")
    changed = provenance.code_version(project)
    assert (changed["commit"], changed["dirty"]) == (clean["commit"], True)
    assert changed["sha256"] != clean["sha256"]


def test_a_repository_around_the_project_is_not_its_own(project: Path) -> None:
    git(project.parent, "init", "--quiet")
    git(project.parent, "add", "--all")
    git(project.parent, "commit", "--quiet", "--message", "x")
    assert provenance.code_version(project)["commit"] is None


# Two runs


def saved(root: Path, record: dict[str, Any]) -> Path:
    provenance.write(root / "results" / "provenance.json", record)
    return root / "results"


def test_a_run_equals_itself(project: Path) -> None:
    results = saved(project, record_of(project))
    assert compare(read_record(results), read_record(results / "provenance.json")) == []


def test_all_that_differs_is_named(project: Path) -> None:
    one = record_of(project)
    other = copy.deepcopy(one)
    other["settings"]["mapping"]["permutations"] = 99
    other["settings"]["conditions"]["third"] = {"objective": "none"}
    other["code"]["sha256"] = "0" * 64
    other["packages"]["numpy"] = "1.0"
    other["environments"][0]["processor"] = "Another"
    other["tables"] = {"depth.tsv": "1" * 64, "power.tsv": "2" * 64}
    found = compare(one, other)
    assert [(subject, name, second) for subject, name, _, second in found] == [
        ("settings", "mapping.permutations", "99"),
        ("settings", "conditions.third.objective", "none"),
        ("code", "sha256", "0" * 64),
        ("packages", "numpy", "1.0"),
        ("environment", "processor", "Another"),
        ("tables", "depth.tsv", "1" * 64),
        ("tables", "power.tsv", "2" * 64),
    ]
    assert "tables that differ: depth.tsv, power.tsv" in described(found, ("a", "b"))
    assert "mapping.permutations: 9999 | 99" in described(found, ("a", "b"))


def test_tables_of_a_folder_are_those_that_lie_there(project: Path) -> None:
    results = saved(project, record_of(project))
    (results / "tables" / "depth.tsv").write_text("layer\n3\n")
    assert [name for _, name, *_ in compare(read_record(results), read_record(results / "provenance.json"))] == [
        "depth.tsv"
    ]


@pytest.mark.parametrize("text", ["", "[]", "{}", "settings: 1"])
def test_what_is_no_record_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "provenance.json").write_text(text)
    for path in (tmp_path, tmp_path / "provenance.json", tmp_path / "absent"):
        with pytest.raises(InputError, match="no record of a run"):
            read_record(path)


def test_the_command_reports_by_its_exit_whether_tables_differ(project: Path) -> None:
    results = saved(project, record_of(project))
    other = shutil.copytree(results, project / "other")
    command = [sys.executable, str(ROOT / "workflow" / "scripts" / "compare.py"), str(results), str(other)]
    same = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (same.returncode, "tables: all the same" in same.stdout) == (0, True), same.stderr
    (other / "tables" / "depth.tsv").write_text("layer\n3\n")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
    shutil.rmtree(other)
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2


# The archive


def test_an_archive_has_the_same_bytes_whoever_packs(tmp_path: Path) -> None:
    contents = {"tables/a.tsv": b"a\n", "b.txt": b"b\n"}
    totals = []
    for folder in ("one", "two"):
        files = {name: tmp_path / folder / name for name in (contents if folder == "one" else [*contents][::-1])}
        for name, file in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(contents[name])
            file.chmod(0o600 if folder == "one" else 0o666)
        pack(tmp_path / folder / "archive.tar.gz", {**files, "c": b"c"})
        totals.append(hashlib.sha256((tmp_path / folder / "archive.tar.gz").read_bytes()).hexdigest())
    assert totals[0] == totals[1]


def test_the_list_of_an_archive_proves_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("a\n")
    pack(tmp_path / "archive.tar.gz", {"tables/a.tsv": tmp_path / "a.tsv", "settings.yaml": b"seed: 1\n"})
    with tarfile.open(tmp_path / "archive.tar.gz") as tar:
        tar.extractall(tmp_path, filter="data")
    listed = dict(line.split("  ")[::-1] for line in (tmp_path / "archive" / "SHA256SUMS").read_text().splitlines())
    assert set(listed) == {"tables/a.tsv", "settings.yaml"}
    for name, total in listed.items():
        assert hashlib.sha256((tmp_path / "archive" / name).read_bytes()).hexdigest() == total


@pytest.mark.parametrize("name", ["../a", "/a", "tables/../../a"])
def test_nothing_is_packed_outside_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="leads out"):
        pack(tmp_path / "archive.tar.gz", {name: b""})
    assert list(tmp_path.iterdir()) == []


def test_the_record_in_an_archive_is_found(project: Path) -> None:
    results = saved(project, record_of(project))
    pack(results / "archive.tar.gz", {"provenance.json": results / "provenance.json"})
    assert compare(read_record(results / "archive.tar.gz"), read_record(results)) == []


def test_private_settings_name_nobody() -> None:
    settings = copy.deepcopy(SETTINGS)
    settings["corpus"]["recordings"] |= {"path": "/home/anna/clinic", "test_speakers": ["anna", "ben"]}
    assert "anna" in json.dumps(privacy.public(settings))
    settings["alignment"] |= {"intervals": "/home/anna/i.tsv"}
    settings["conditions"]["mine"] = {"checkpoint": "/home/anna/{seed}.pt"}
    settings["report"]["private"] = True
    shown = privacy.public(settings)
    assert "anna" not in json.dumps(shown)
    assert len(shown["corpus"]["recordings"]["test_speakers"]) == 2
    assert settings["corpus"]["recordings"]["path"] == "/home/anna/clinic"
    assert (shown["alignment"]["intervals"], shown["alignment"]["dictionary"]) == ("withheld", "")


def test_a_private_report_is_composed_without_names() -> None:
    settings = copy.deepcopy(SETTINGS)
    settings["corpus"] |= {"source": "recordings", "name": "clinic"}
    settings["corpus"]["recordings"] |= {"path": "/home/anna/clinic", "test_speakers": ["anna", "ben"]}
    assert privacy.reported(settings) == settings
    settings["report"]["private"] = True
    recordings = privacy.reported(settings)["corpus"]["recordings"]
    assert (recordings["path"], len(set(recordings["test_speakers"]))) == ("results/corpus/clinic", 2)
    assert "anna" not in json.dumps(privacy.reported(settings))


def test_private_recordings_are_not_packed() -> None:
    settings = copy.deepcopy(SETTINGS)
    settings["archive"]["include"] = ["weights", "audio"]
    privacy.check(settings)
    settings["report"]["private"] = True
    with pytest.raises(InputError, match=r"archive\.include: the audio of private recordings"):
        privacy.check(settings)
