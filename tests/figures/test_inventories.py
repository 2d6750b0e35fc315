"""Inventories of other languages and of other labels than phones go through all statistics and figures."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex

from drawings import by_training, clusters_of, layers, styles, visible_texts
from fabricate import activations, opened
from figure_tables import Fabricated
from phonotopy.activations.accumulate import Coding, tokens_of
from phonotopy.activations.read import Tokens
from phonotopy.annotation.intervals import Interval
from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid
from phonotopy.core.inventory import Inventory, read_inventory
from phonotopy.core.tables import write_table
from phonotopy.figures import saving, style
from phonotopy.figures.maps import activation_maps, clusters, preferred_manner, regions
from phonotopy.figures.statistics import organisation as organisation_figure
from phonotopy.figures.trainings import read_trainings
from phonotopy.inference.families import adjusted
from phonotopy.organisation.organisation import TABLE as ORGANISATION
from phonotopy.organisation.organisation import Layer, organisation
from phonotopy.recogniser.features import Segment
from phonotopy.selectivity.d_prime import Criteria, measure
from phonotopy.selectivity.feature_selectivity import TABLE as FEATURES
from phonotopy.selectivity.feature_selectivity import feature_rows
from phonotopy.selectivity.selectivity import details, write_preferences, write_selectivity
from phonotopy.spatial.join_counts import join_rows, read_preferences
from phonotopy.spatial.phone_maps import read_maps

CRITERIA = Criteria(minimum_tokens=10, minimum_speakers=3, d_prime=0.5, false_discovery_rate=0.05)
TABLES = {
    # Tones, which are not described.
    "tones": "label\n˥\n˧˥\n˨˩˦\n˥˩\nneutral\n",
    # Syllables of a made language: classes that no palette knows, and dimensions of their own.
    "syllables": "label\tmanner\ttone\tlength\nmá\topen\thigh\tshort\nmà\topen\tlow\tshort\nmāː\topen\tmid\tlong\n"
    "ťan\tclosed\thigh\tshort\nпять\tclosed\tlow\tlong\n",
    # Polish consonants and vowels in IPA: the columns of the project's own table.
    "polish": "label\tipa\tmanner\tplace\tvoiced\ntɕ\ttɕ\taffricate\talveolo-palatal\tfalse\n"
    "dʑ\tdʑ\taffricate\talveolo-palatal\ttrue\nʂ\tʂ\tfricative\tretroflex\tfalse\nʐ\tʐ\tfricative\tretroflex\ttrue\n"
    "ɨ\tɨ\tvowel\thigh-central\ttrue\nɔ\tɔ\tvowel\tmid-back\t\n",
}
DIMENSIONS = {
    "tones": set(),
    "syllables": {"manner", "tone", "length"},
    "polish": {"manner", "place", "voicing", "height", "backness"},
}


@pytest.fixture(params=TABLES)
def inventory(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Inventory]:
    path = tmp_path / "inventory.tsv"
    path.write_text(TABLES[request.param], encoding="utf-8")
    return request.param, read_inventory(path)


def mapped(folder: Path, known: Inventory) -> Path:
    """Tables of selectivity, preferences, features and organisation from activations with a planted map."""
    activations(folder, known.labels, layers=1, filters=64, speakers=4, utterances=12, tokens=20, radius=2.0)
    responses = opened(folder)
    cells, positions = responses.cells(1), responses.positions
    grid = responses.layers[1].grid
    tokens = Tokens.read(folder / "tokens.tsv", cells.phones, "speaker")
    found = measure(cells, CRITERIA)
    beside = details(responses.token_means(1, tokens), tokens, cells, found, bootstraps=19, key=1)
    write_selectivity(folder / "selectivity.tsv", {1: found}, positions, {1: beside})
    write_preferences(folder / "preferences.tsv", {1: found}, positions, known)
    write_table(
        folder / "features.tsv", FEATURES.columns, feature_rows(1, cells, cells, found, positions[1], known, CRITERIA)
    )
    layer = Layer(read_maps(folder / "selectivity.tsv")[1], cells, grid, known)
    rows = organisation(layer, {"layer": 1, "null_seed": 0}, number=39, random_key=1)
    write_table(folder / "organisation.tsv", ORGANISATION.columns, adjusted(list(rows), "statistic", "null"))
    return folder


def test_statistics_follow_the_inventory(tmp_path: Path, inventory: tuple[str, Inventory]) -> None:
    name, known = inventory
    folder = mapped(tmp_path / "run", known)
    maps = read_maps(folder / "selectivity.tsv")[1]
    assert maps.phones == known.labels and maps.usable.all() and maps.responsive.any()
    features = [line.split("\t") for line in (folder / "features.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    dimension, status = (list(FEATURES.columns).index(name) for name in ("dimension", "status"))
    assert {row[dimension] for row in features} - {""} == DIMENSIONS[name]
    found = read_preferences(folder / "preferences.tsv")
    joins = join_rows(found, {1: Grid(8, 8)}, 19, contiguity="queen", training=("a", "0"), null_seed=0)
    assert {row["value"] for row in joins if row["dimension"] == "phone"} - {"mean"} <= set(known.labels)
    lines = [line.split("\t") for line in (folder / "organisation.tsv").read_text(encoding="utf-8").splitlines()]
    statuses = {(row[1], row[3]): row[-1] for row in lines[1:]}
    if name == "tones":
        assert {row[status] for row in features} == {"no features"} and len(features) == 1
        assert set(statuses.values()) == {"no features"} and len(statuses) == 4
    else:
        assert {row[status] for row in features} == {"ok", "dead"}
        assert {statuses["map_distance", "phones"], statuses["same_manner", "positions"]} == {"ok"}


def test_features_without_manners_leave_tiling_out(tmp_path: Path) -> None:
    (tmp_path / "i.tsv").write_text("label\ttone\n1\thigh\n2\tlow\n3\tlow\n4\thigh\n5\tmid\n", encoding="utf-8")
    folder = mapped(tmp_path / "run", read_inventory(tmp_path / "i.tsv"))
    rows = [line.split("\t") for line in (folder / "organisation.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    found = {(row[1], row[-1]) for row in rows}
    assert found == {
        *(("map_distance", "ok"), ("response_similarity", "ok")),
        *(("same_manner", "no features"), ("same_manner_other_phone", "no features")),
    }


@pytest.mark.slow
def test_figures_follow_the_inventory(tmp_path: Path, inventory: tuple[str, Inventory]) -> None:
    name, known = inventory
    folder = mapped(tmp_path / "mapping" / "c" / "topographic" / "seed0", known)
    tables = Fabricated((Grid(8, 8),), ("topographic",), (0,), too_few=(), phones=known.labels)
    net, conditions, training = layers(tables), styles(tables), [("topographic", 0)]
    preferred = read_trainings([folder / "preferences.tsv"], training, preferred_manner.COLUMNS)
    selectivity = tables.by_training("selectivity")
    found = read_trainings([folder / "organisation.tsv"], training, organisation_figure.COLUMNS)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a letter without a glyph
        figures = {
            "manners": preferred_manner.draw(preferred, net, known),
            "regions": regions.draw(
                selectivity, tables.by_training("regions"), net, known.labels, known, conditions, 0.05
            ),
            "clusters": clusters.draw(by_training(tables, clusters_of), 0, net, known, conditions),
            "organisation": organisation_figure.draw(found, net, conditions, 0.05),
            "maps": activation_maps.draw(selectivity, 0, net, known.labels, known, conditions),
        }
        for title, figure in figures.items():
            saving.save(figure, [str(tmp_path / f"{name}-{title}.png")])
            assert all(text.get_window_extent().width > 0 for text in visible_texts(figure))
    shown = {text.get_text() for text in visible_texts(figures["manners"])}
    assert set(known.manners) <= shown
    assert any("names no manners" in text for text in shown) == (name == "tones")
    refused = sum("not testable" in text.get_text() for text in visible_texts(figures["organisation"]))
    assert refused == (4 if name == "tones" else 0)
    outlined = regions.one_a_manner(known.labels, known)
    assert len(outlined) == (len(known.manners) or len(known.labels))


def test_classes_beyond_the_palette_are_distinguished_as_far_as_it_goes() -> None:
    colours = style.class_colours(["open", "stop", "closed", *map(str, range(9))])
    assert colours["stop"] == style.MANNERS["stop"] and colours["8"] == style.OTHER
    assert len(set(colours.values())) == len(style.CLASSES) + 1
    assert to_hex(colours["open"]) != to_hex(colours["closed"])


def test_labels_of_a_language_become_tokens_and_others_do_not(inventory: tuple[str, Inventory]) -> None:
    _, known = inventory
    names = [*known.labels, "SIL", "OTHER"]
    intervals = {"u": [Interval(n / 10, (n + 1) / 10, label, None, "") for n, label in enumerate(names)]}
    segments = [Segment("u", "anna", "test", 0, 10 * len(names), "слово")]
    coding = Coding.of(known, segments)
    assert [token.phone for token in tokens_of(intervals, segments, coding, 9)["u"]] == list(range(len(known.labels)))
    intervals["u"].append(Interval(2.0, 2.1, "stranger", None, ""))
    with pytest.raises(InputError, match="stranger"):
        tokens_of(intervals, segments, coding, 9)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("label\n", "no label"),
        ("label\nA\nA\n", "label A twice"),
        ("label\nA\nspn\n", "label 'spn'"),
        ("label\nOTHER\n", "label 'OTHER'"),
        ("label\tvoiced\nA\tyes\n", "voiced 'yes' of label A"),
        ("phone\nA\n", "columns"),
    ],
)
def test_an_inventory_that_is_wrong(tmp_path: Path, text: str, found: str) -> None:
    (tmp_path / "i.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=found):
        read_inventory(tmp_path / "i.tsv")


def test_what_a_table_lacks_is_no_feature(tmp_path: Path) -> None:
    (tmp_path / "i.tsv").write_text("label\tmanner\tvoiced\nb\tstop\ttrue\np\tstop\t\nn\t\ttrue\n", encoding="utf-8")
    known = read_inventory(tmp_path / "i.tsv")
    assert [known.features_of(label) for label in known.labels] == [
        {"manner": "stop", "voicing": "voiced"},
        {"manner": "stop"},
        {},
    ]
    assert known.manners == ("stop",) and known.described == {"b", "p"}
    assert np.array_equal(sorted(known.described), ["b", "p"])
