"""Sources that are cited exist, captions render, and the dictionary names every column of the tables."""

import html
import re
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from docutils.core import publish_string
from jinja2 import Environment, StrictUndefined

from phonotopy.alignment import boundaries, compare_alignments, describe
from phonotopy.calibration import calibrate, power
from phonotopy.comparisons import agreement, conditions, depth
from phonotopy.comparisons.topography import TABLE as TOPOGRAPHY
from phonotopy.organisation import organisation, replication
from phonotopy.selectivity import feature_selectivity
from phonotopy.selectivity.selectivity import PREFERENCES, SELECTIVITY
from phonotopy.spatial import cluster_enhancement, clusters, correlogram, join_counts, local_morans_i
from phonotopy.spatial.autocorrelation import TABLE as AUTOCORRELATION
from phonotopy.spatial.regions import TABLE as REGIONS
from phonotopy.temporal import time_clusters, timing

ROOT = Path(__file__).parents[2]
REFERENCES = (ROOT / "resources" / "references.bib").read_text(encoding="utf-8")
KEYS = re.findall(r"^@\w+\{(\w+),$", REFERENCES, re.MULTILINE)
TEXTS = sorted((ROOT / "workflow" / "report").glob("*.rst"))
DICTIONARY = (ROOT / "docs" / "dictionary.md").read_text(encoding="utf-8")


def settings(**changes):
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    for name, value in changes.items():
        config[name] = {**config[name], **value}
    return config


def rendered(path, config):
    template = Environment(trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined).from_string(
        path.read_text(encoding="utf-8")
    )
    return template.render(snakemake=SimpleNamespace(config=config, wildcards=SimpleNamespace(seed=0)))


def test_every_cited_source_is_in_the_bibliography_once():
    assert len(KEYS) == len(set(KEYS))
    sources = [*(ROOT / "workflow").rglob("*.py"), *(ROOT / "docs").glob("*.md")]
    cited = {
        key
        for path in sources
        for phrase in re.findall(r"bib keys? ((?:\w+\d{4}\w?(?:, | and )?)+)", path.read_text(encoding="utf-8"))
        for key in re.findall(r"\w+\d{4}\w?", phrase)
    }
    assert {"chan1983", "moran1950", "graves2006"} <= cited
    assert cited <= set(KEYS), f"not in references.bib: {sorted(cited - set(KEYS))}"


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"corpus": {"source": "recordings", "recordings": {"test_speakers": ["anna", "ben"]}}},
        {"corpus": {"source": "librispeech"}},
        {"training": {"seeds": list(range(6))}},
    ],
    ids=["default", "recordings", "librispeech", "six seeds"],
)
def test_texts_of_the_report_are_sound(path, changes):
    text = rendered(path, settings(**changes))
    publish_string(text, writer="html5", settings_overrides={"halt_level": 2, "report_level": 5})


EVIL = ["<script>alert(1)", "$a_b$ & *x*", "clara|*x*`_", "http://a.example", "{{7*7}} ``x``", "back\\slash"]


@pytest.mark.parametrize("private", [False, True])
def test_names_of_speakers_are_texts_and_no_markup(private):
    recordings = {"source": "recordings", "recordings": {"test_speakers": EVIL}}
    text = rendered(
        ROOT / "workflow" / "report" / "method.rst", settings(corpus=recordings, report={"private": private})
    )
    page = publish_string(text, writer="html5", settings_overrides={"halt_level": 2, "report_level": 5}).decode()
    body = page.partition("<main")[2]
    named = "test speakers are " + html.escape(", ".join(EVIL), quote=False) + "."
    assert (named in " ".join(body.split())) != private
    assert ("6 speakers were held out" in " ".join(body.split())) == private
    assert "<script" not in body and "<em>x" not in body and "<a " not in body


def test_the_method_says_what_the_settings_say():
    path = ROOT / "workflow" / "report" / "method.rst"
    config = settings(mapping={"permutations": 123457})
    assert "123457 permutations" in rendered(path, config)
    assert "Two seeds are two numbers" in " ".join(rendered(path, config).split())
    assert "no population" in rendered(path, config)
    assert "no population" not in rendered(path, settings(corpus={"source": "recordings"}))
    assert "is tested" not in rendered(path, settings(training={"seeds": list(range(6))}))


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        ("selectivity.tsv", SELECTIVITY),
        ("preferences.tsv", PREFERENCES),
        ("autocorrelation.tsv", AUTOCORRELATION.columns),
        ("regions.tsv", REGIONS.columns),
        ("topography.tsv", TOPOGRAPHY.columns),
        ("feature_selectivity.tsv", feature_selectivity.COLUMNS),
        ("correlogram.tsv", correlogram.COLUMNS),
        ("clusters.tsv", clusters.COLUMNS),
        ("replication.tsv", replication.COLUMNS),
        ("organisation.tsv", organisation.COLUMNS),
        ("timing.tsv", timing.TIMINGS),
        ("courses.tsv", timing.COURSES),
        ("agreement.tsv", agreement.COLUMNS),
        ("conditions.tsv", conditions.COLUMNS),
        ("depth.tsv", depth.COLUMNS),
        ("join_counts.tsv", join_counts.COLUMNS),
        ("local_morans_i.tsv", local_morans_i.COLUMNS),
        ("cluster_enhancement.tsv", cluster_enhancement.COLUMNS),
        ("time_clusters.tsv", time_clusters.COLUMNS),
        ("calibration.tsv", calibrate.COLUMNS),
        ("power.tsv", power.COLUMNS),
        ("onsets.tsv", [field.name for field in fields(boundaries.Boundary)]),
        ("boundaries.tsv", boundaries.SUMMARY),
        ("compared_onsets.tsv", [field.name for field in fields(boundaries.Boundary)]),
        ("compared_alignments.tsv", compare_alignments.COLUMNS),
        ("speakers.tsv", describe.SPEAKERS),
        ("durations.tsv", describe.DURATIONS),
        ("reasons.tsv", describe.REASONS),
    ],
)
def test_the_dictionary_explains_exactly_the_columns(heading, columns):
    section = next(
        part for part in re.split(r"^##+ ", DICTIONARY, flags=re.MULTILINE)[1:] if f"`{heading}`" in part.split("\n")[0]
    )
    rows = re.findall(r"^\| ([\w, ]+) \|", section, re.MULTILINE)
    explained = [name for row in rows[1:] for name in row.split(", ")]
    optional = {"weights"} if heading == "regions.tsv" else set()
    assert set(explained) - optional == set(columns)
