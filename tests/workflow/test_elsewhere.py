"""The workflow at work in another folder, and as a module of another workflow."""

import re
import shutil
from pathlib import Path

import pytest

from running import ROOT, SMOKE, elsewhere, rows

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


def estimate(output: str) -> str:
    found = re.search(r"^Estimate for \d+ jobs on 2 cores: about .*$", output, re.MULTILINE)
    assert found, output
    return found[0]


# Another folder


def test_the_work_is_done_where_snakemake_is_called(folder: Path) -> None:
    """Settings, resources and the schema are those of the project, recordings and results those of the folder."""
    run = elsewhere(folder, "corpus", *SNAKEFILE, overlay=SPEECH)
    assert run.returncode == 0, run.stdout
    assert {row["speaker"] for row in rows(folder / "out" / UTTERANCES)} == {"george", "jackson", "lucas", "theo"}
    assert not (ROOT / "out").exists()
    assert "synthesise " in elsewhere(folder, *SNAKEFILE, "--dry-run").stdout
    assert "index " in elsewhere(folder, *SNAKEFILE, "--dry-run", overlay="corpus: {source: librispeech}").stdout


def test_the_work_is_done_in_the_folder_that_is_named(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    there = tmp_path_factory.mktemp("there")
    (folder / "digits").rename(there / "digits")
    run = elsewhere(folder, "corpus", *SNAKEFILE, "--directory", str(there), overlay=SPEECH)
    assert run.returncode == 0, run.stdout
    assert (there / "out" / UTTERANCES).exists()
    assert not (folder / "out").exists()


def test_settings_that_lie_there_are_read_on_request_alone(folder: Path) -> None:
    """They may be those of another workflow."""
    (folder / "config.yaml").write_text("of_its_own: 1\n", encoding="utf-8")
    run = elsewhere(folder, "corpus", *SNAKEFILE, overlay=SPEECH)
    assert run.returncode == 0, run.stdout
    assert "config.yaml of this folder is not read" in run.stdout


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
def test_a_workflow_that_imports_this_one_goes_on_from_its_results(folder: Path, prefix: str) -> None:
    """Settings that it does not give are the defaults; what it calls the rules does not change their estimates."""
    importing(folder, SPEECH, prefix)
    run = elsewhere(folder)
    assert run.returncode == 0, run.stdout
    assert (folder / "speakers.txt").read_text().split() == ["george", "jackson", "lucas", "speaker", "theo"]
    assert (folder / prefix / "out" / UTTERANCES).exists()
    shutil.rmtree(folder / prefix / "out")
    again = elsewhere(folder, "phonotopy_corpus")
    alone = elsewhere(folder, "corpus", *SNAKEFILE, overlay=SPEECH.replace("out", "alone"))
    assert estimate(again.stdout) == estimate(alone.stdout)


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
