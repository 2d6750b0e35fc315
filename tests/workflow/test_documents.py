"""Sources that are cited exist, captions render, and the dictionary describes every file of a statistic."""

import ast
import html
import re
from dataclasses import fields
from pathlib import Path, PurePosixPath
from types import SimpleNamespace

import pytest
import yaml
from docutils.core import publish_string
from jinja2 import Environment, StrictUndefined

from declarations.statistics import STATISTICS
from declarations.tables import described
from phonotopy.activations.store import AXES, SHARED
from phonotopy.alignment import boundaries, compare_alignments
from phonotopy.provenance.dictionary import compose, tables_of

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "workflow" / "scripts"
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
    assert "<script" not in body and "<em>x" not in body
    assert re.findall(r'<a [^>]*href="([^"]*)"', body) == ["explorer.html"]


def test_the_method_says_what_the_settings_say():
    path = ROOT / "workflow" / "report" / "method.rst"
    config = settings(mapping={"permutations": 123457})
    assert "123457 permutations" in rendered(path, config)
    assert "Two seeds are two numbers" in " ".join(rendered(path, config).split())
    assert "no population" in rendered(path, config)
    assert "no population" not in rendered(path, settings(corpus={"source": "recordings"}))
    assert "is tested" not in rendered(path, settings(training={"seeds": list(range(6))}))


def test_the_method_names_settings_that_a_condition_has_of_its_own():
    own = {"objective": "response_kernel", "settings": {"weight": 30.0, "shape": "gaussian"}}
    config = settings(conditions={"mine": own}) | {"run": ["control", "topographic", "mine"]}
    text = " ".join(rendered(ROOT / "workflow" / "report" / "method.rst", config).split())
    assert "*topographic*, trained with the objective response kernel;" in text
    assert "*mine*, trained with the objective response kernel (weight 30.0, shape gaussian)." in text


@pytest.mark.parametrize(("seeds", "marks"), [(1, ""), (2, ""), (5, ""), (6, "∗≈"), (20, "∗≈")])
def test_the_caption_of_conditions_has_no_mark_that_so_few_seeds_cannot_have(seeds, marks):
    config = settings(training={"seeds": list(range(seeds))})
    trainings = rendered(ROOT / "workflow" / "report" / "conditions.rst", config).partition("(c, d)")[0]
    assert "".join(mark for mark in "∗≈" if mark in trainings) == marks
    assert ("nothing is tested over trainings" in trainings) == (not marks) == ("grey" not in trainings)
    strict = rendered(
        ROOT / "workflow" / "report" / "conditions.rst",
        settings(training={"seeds": list(range(6))}, mapping={"false_discovery_rate": 0.02}),
    )
    assert "∗" not in strict.partition("(c, d)")[0] and "≈" in strict, "2 / 2**6 = .031, 1 / 2**6 = .016"


# The dictionary

FILES = [PurePosixPath(one.path) for one in described()]
TABLES = [tables_of(one.module)[PurePosixPath(one.path).name] for one in described()]


def test_a_file_of_results_is_described_once():
    assert len({*FILES}) == len(FILES)
    assert {one.name for one in FILES} >= {file for one in STATISTICS for file in one.files}


@pytest.mark.parametrize("module", sorted({one.module for one in described()}))
def test_a_module_describes_exactly_what_it_leaves(module):
    assert {*tables_of(module)} == {PurePosixPath(one.path).name for one in described() if one.module == module}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_has_a_meaning(table):
    assert table.rows and len(table.columns) > 1
    assert all(column.meaning for column in table.columns.values())
    texts = [table.rows, table.note, *(part for column in table.columns.values() for part in vars(column).values())]
    assert not [text for text in texts if "|" in text or "\n" in text or "  " in text or text != text.strip()]


@pytest.mark.parametrize("module", sorted({one.module for one in described()}))
def test_no_column_is_written_twice(module):
    """A dictionary would keep the last one in silence."""
    tree = ast.parse((SCRIPTS / "phonotopy" / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
    names = [
        [
            constant.value
            for key, value in zip(node.keys, node.values, strict=True)
            for constant in ([key] if key else getattr(value, "args", []))
            if isinstance(constant, ast.Constant)
        ]
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
    ]
    assert [found for found in names if len({*found}) < len(found)] == []


def test_the_page_has_a_section_for_each_file_that_says_where_it_lies():
    page = compose(DICTIONARY, described())
    sections = {part.partition("\n")[0]: part for part in re.split(r"^### ", page, flags=re.MULTILINE)[1:]}
    assert "<!--" not in page
    for path, table in zip(FILES, TABLES, strict=True):
        section = sections[f"`{table.name}`, {table.rows}"]
        assert f"`{{results}}/{path}`" in section
        rows = re.findall(r"^\| ([\w, ]+) \|", section, re.MULTILINE)
        assert [name for row in rows[1:] for name in row.split(", ")] == list(table.columns)


def test_a_folder_without_marker_and_a_marker_without_files_are_refused():
    rank = ("mapping/rank.tsv", "organisation.rank", "on request")
    marker = "<!-- tables: mapping -->\nElsewhere.\n"
    page = compose(f"# Page\n\n{marker}\n## End\n", [rank])
    assert page.startswith("# Page\n\n### `rank.tsv`, one row per layer\n\n`{results}/mapping/rank.tsv`, ")
    assert "Elsewhere" not in page and "; on request." in page and page.endswith(" |\n\n## End\n")
    for text, files in ((marker, []), ("# Page\n", [rank]), (marker * 2, [rank])):
        with pytest.raises(ValueError, match="markers"):
            compose(text, files)


def test_responses_are_described_as_they_are_stored():
    section = DICTIONARY.partition("### `responses.nc`")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\w+) \| ([\w ×]+) \|", section, re.MULTILINE)
    shapes = {name: tuple(shape.split(" × ")) for name, shape in rows}
    assert shapes == {name: axes or ("scalar",) for name, axes in (SHARED | AXES).items()}


def test_onsets_have_the_columns_of_their_class():
    names = [field.name for field in fields(boundaries.Boundary)]
    assert list(boundaries.ONSETS.columns) == list(compare_alignments.COMPARED_ONSETS.columns) == names
