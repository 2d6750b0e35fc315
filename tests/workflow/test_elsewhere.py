"""The workflow at work in another folder, and as a module of another workflow."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from preflight.estimate import Job, announcement
from preflight.settings import completed
from running import ROOT, SMOKE, elsewhere, rows

pytestmark = pytest.mark.slow

SNAKEFILE = ["--snakefile", str(ROOT / "Snakefile")]
SPEECH = """
results: out
corpus: {name: d, source: recordings, recordings: {path: digits, test_speakers: [theo], dev_fraction: 0.5}}
"""
UTTERANCES = "corpus/d/utterances.tsv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Recordings, and nothing of the project."""
    shutil.copytree(ROOT / "tests" / "data" / "digits", tmp_path / "digits")
    return tmp_path


# Another folder


def test_the_work_is_done_where_snakemake_is_called(folder: Path) -> None:
    """Settings and resources are those of the project; a config.yaml that lies there may be of another workflow."""
    (folder / "config.yaml").write_text("of_its_own: 1\n", encoding="utf-8")
    run = elsewhere(folder, "corpus", *SNAKEFILE, overlay=SPEECH)
    assert run.returncode == 0, run.stdout
    assert {row["speaker"] for row in rows(folder / "out" / UTTERANCES)} == {"george", "jackson", "lucas", "theo"}
    assert "config.yaml of this folder is not read" in run.stdout
    assert not (ROOT / "out").exists()


def test_the_work_is_done_in_the_folder_that_is_named(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    there = tmp_path_factory.mktemp("there")
    (folder / "digits").rename(there / "digits")
    run = elsewhere(folder, "corpus", *SNAKEFILE, "--directory", str(there), overlay=SPEECH)
    assert run.returncode == 0, run.stdout
    assert (there / "out" / UTTERANCES).exists()
    assert not (folder / "out").exists()


def test_tables_of_the_project_are_found_from_anywhere(folder: Path) -> None:
    plan = elsewhere(folder, *SNAKEFILE, "--dry-run", overlay="corpus: {source: librispeech}").stdout
    assert re.search(r"^download +4$", plan, re.MULTILINE)


# A module

IMPORTING = f"""
configfile: "config.yaml"

module phonotopy:
    snakefile: "{ROOT}/Snakefile"
    config: config["phonotopy"]
    PREFIX

use rule * from phonotopy as phonotopy_*

onstart:
    phonotopy.onstart()

onerror:
    phonotopy.onerror()

rule speakers:
    default_target: True
    input: "FOLDER/corpus/d/utterances.tsv"
    output: "speakers.txt"
    shell: "cut -f 2 {{input}} | sort -u > {{output}}"
"""


def importing(folder: Path, settings: str, prefix: str = "") -> None:
    """Write another workflow that goes on from the results of this one."""
    text = IMPORTING.replace("PREFIX", f'prefix: "{prefix}"' if prefix else "")
    (folder / "Snakefile").write_text(text.replace("FOLDER", str(Path(prefix, "out"))), encoding="utf-8")
    indented = "\n".join(f"  {line}" for line in settings.splitlines())
    (folder / "config.yaml").write_text(f"of_its_own: 1\nphonotopy:\n{indented}\n", encoding="utf-8")


@pytest.mark.parametrize("prefix", ["", "study"])
def test_a_workflow_that_imports_this_one_goes_on_from_its_results(
    folder: Path, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    """Settings that it does not give are the defaults; what it calls the rules does not change their estimates."""
    importing(folder, SPEECH, prefix)
    run = elsewhere(folder)
    assert run.returncode == 0, run.stdout
    assert (folder / "speakers.txt").read_text().split() == ["george", "jackson", "lucas", "speaker", "theo"]
    assert (folder / prefix / "out" / UTTERANCES).exists()
    monkeypatch.chdir(folder)
    settings = completed(yaml.safe_load(SPEECH), ROOT / "config.yaml")
    assert announcement(settings, [Job("collect", 2), Job("speakers", 1)], 2) in run.stdout


def test_a_workflow_that_imports_this_one_plans_all_of_it(tmp_path: Path) -> None:
    importing(tmp_path, (ROOT / SMOKE).read_text(encoding="utf-8").replace("results/smoke", "out"))
    plan = elsewhere(tmp_path, "phonotopy_all", "--dry-run").stdout
    counts = dict(re.findall(r"^(?:phonotopy_)?(\w+) +(\d+)$", plan, re.MULTILINE))
    assert {"synthesise": "1", "train": "2", "topography": "1", "compose_report": "1"}.items() <= counts.items()
    assert "present in the Snakefile" not in plan, "rules are named that are not there"


def test_a_workflow_that_imports_this_one_ends_in_its_messages(folder: Path) -> None:
    importing(folder, SPEECH.replace("theo", "nobody"))
    run = elsewhere(folder)
    assert run.returncode == 1
    assert run.stdout.splitlines()[-1] == "  next step: correct the names"
    importing(folder, "mapping: {permutation: 99}")
    assert "mapping.permutation: no such setting" in elsewhere(folder).stdout
