"""The page of the explorer holds the numbers of the tables, of any conditions, and nothing else."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from declarations.pages import EXPLORER
from explored import CRITERIA, LAGS, SPEAKERS, contents, fabricated, page, read_page, unpacked
from figure_tables import Fabricated
from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid
from phonotopy.explorer.packing import half, shares, whole
from phonotopy.explorer.page import compose
from phonotopy.explorer.unit_courses import unit_courses
from phonotopy.explorer.unit_tables import is_of_units, read_columns

PHONES = ("P", "S", "ZH", "M", "IY")
UNLIKE = Fabricated(
    grids=(Grid(4, 4), Grid(4, 8, torus=True)),
    conditions=("control", "topographic", "of_others"),
    unlike=(("of_others", (Grid(6, 6),) * 3),),
    phones=PHONES,
)
HALF = 2.0**-11  # relative error of a half


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def whole_page(folder):
    return page(folder, UNLIKE, bare=("of_others",))


@pytest.fixture(scope="module")
def held(whole_page):
    return read_page(whole_page)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def maps(held, measure: str, training: int):
    """Values of a measure by layer, label and position, and what the page says of it."""
    about, texts = held
    index = next(n for n, one in enumerate(about["measures"]) if one["id"] == measure)
    entry = next(one for one in about["maps"] if one["measure"] == index and one["training"] == training)
    values, found, start = unpacked(entry, texts), {}, 0
    for layer in about["trainings"][training]["layers"]:
        size = layer["rows"] * layer["columns"]
        for label in about["measures"][index]["labels"]:
            found[layer["number"], label] = values[start : start + size]
            start += size
    assert start == len(values)
    return about["measures"][index], found


# What it holds


def test_every_training_has_its_own_layers_and_units(held, folder):
    about, _ = held
    assert [(one["condition"], one["seed"]) for one in about["trainings"]] == UNLIKE.trainings
    for one in about["trainings"]:
        assert [(n["rows"], n["columns"], n["torus"]) for n in one["layers"]] == [
            (grid.rows, grid.columns, grid.torus) for grid in UNLIKE.grids_of(one["condition"])
        ]
        placed = rows(folder / one["condition"] / f"seed{one['seed']}" / "placement.tsv")
        for layer in one["layers"]:
            units = layer["units"] or list(range(layer["rows"] * layer["columns"]))
            for row in (row for row in placed if int(row["layer"]) == layer["number"]):
                assert units[int(row["row"]) * layer["columns"] + int(row["column"])] == int(row["unit"])


@pytest.mark.parametrize("column", ["d_prime", "contrast", "t"])
def test_maps_are_the_numbers_of_the_table(held, folder, column):
    for training, (condition, seed) in enumerate(UNLIKE.trainings):
        _, found = maps(held, f"selectivity.{column}", training)
        widths = {n: grid.columns for n, grid in enumerate(UNLIKE.grids_of(condition), start=1)}
        table = rows(folder / condition / f"seed{seed}" / "selectivity.tsv")
        assert len(table) == sum(map(len, found.values()))
        for row in table:
            position = int(row["row"]) * widths[int(row["layer"])] + int(row["column"])
            value = found[int(row["layer"]), row["phone"]][position]
            if row[column]:
                assert value == pytest.approx(float(row[column]), rel=HALF, abs=1e-9)
            else:
                assert np.isnan(value)


def test_words_and_truths_are_those_of_the_table(held, folder):
    preferred, phones = maps(held, "preferences.phone", 2)
    _, responsive = maps(held, "selectivity.responsive", 2)
    condition, seed = UNLIKE.trainings[2]
    for row in rows(folder / condition / f"seed{seed}" / "preferences.tsv"):
        position = int(row["row"]) * UNLIKE.grids[int(row["layer"]) - 1].columns + int(row["column"])
        code = phones[int(row["layer"]), ""][position]
        assert (preferred["categories"][int(code)] if np.isfinite(code) else "") == row["phone"]
    for row in rows(folder / condition / f"seed{seed}" / "selectivity.tsv"):
        position = int(row["row"]) * UNLIKE.grids[int(row["layer"]) - 1].columns + int(row["column"])
        assert responsive[int(row["layer"]), row["phone"]][position] == (row["responsive"] == "true")


def test_a_measure_has_its_unit_its_meaning_and_what_it_is_over(held):
    d_prime, _ = maps(held, "selectivity.d_prime", 0)
    assert (d_prime["title"], d_prime["unit"], d_prime["over"], d_prime["kind"]) == (
        *("d′", "pooled s.d.", "phone", "number"),
    )
    assert "which weigh equally" in d_prime["meaning"] and "`" not in d_prime["meaning"]
    band, _ = maps(held, "acoustics_measures.best_band", 0)
    assert band["meaning"] and band["title"] == "best band"


def test_what_does_not_differ_between_units_is_no_map(held):
    ids = {one["id"] for one in held[0]["measures"]}
    assert not ids & {"selectivity.tokens", "selectivity.speakers", "selectivity.p", "selectivity.q"}
    assert {"selectivity.status", "preferences.dead", "unit_variance.sound"} <= ids


def test_a_condition_without_weights_and_measures_has_none(held):
    about, _ = held
    bare = {n for n, (condition, _) in enumerate(UNLIKE.trainings) if condition == "of_others"}
    measured = {about["measures"][one["measure"]]["table"] for one in about["maps"] if one["training"] in bare}
    assert measured == {"selectivity", "preferences"}
    assert not bare & {one["training"] for one in about["filters"]}
    assert bare <= {one["training"] for one in about["courses"]}


def test_courses_are_contrasts_in_standard_deviations_of_the_unit(held, folder):
    about, texts = held
    for entry in about["courses"][:3]:
        condition, seed = UNLIKE.trainings[entry["training"]]
        tested = [phone for phone in PHONES if phone != "ZH"]
        assert (entry["phones"], entry["lag_ms"]) == (tested, (1000 * LAGS).tolist())
        planted = np.stack([UNLIKE.d_prime(condition, seed, entry["layer"], phone).ravel() for phone in tested])
        planted = np.nan_to_num(planted)
        contrast = planted - (planted.sum(axis=0) - planted) / (len(tested) - 1)
        expected = contrast.T[:, :, None] * np.exp(-(((LAGS - 0.04) / 0.03) ** 2))
        largest = np.array(entry["largest"])
        found = unpacked(entry, texts).reshape(expected.shape) * largest[:, None, None]
        assert np.abs(found - expected).max() <= largest.max() / 254 * 1.01


def test_filters_are_the_weights(held, folder):
    about, texts = held
    for entry in about["filters"][:3]:
        condition, seed = UNLIKE.trainings[entry["training"]]
        with np.load(folder / condition / f"seed{seed}" / "unit_filters.npz") as arrays:
            weights = arrays[f"layer{entry['layer']}"]
        assert list(weights.shape[1:]) == entry["shape"]
        largest = np.array(entry["largest"]).reshape(-1, *(1,) * len(entry["shape"]))
        found = unpacked(entry, texts).reshape(weights.shape) * largest
        assert np.abs(found - weights).max() <= largest.max() / 254 * 1.01


# Tables of every kind


def table(path: Path, text: str) -> Path:
    path.write_text(text.replace(" ", "\t"), encoding="utf-8")
    return path


def test_an_unknown_table_of_units_appears_by_itself(tmp_path):
    head = "layer unit row column phone context strangeness seen mood\n"
    lines = (
        "1 0 0 0 S calm 1.5 true odd\n1 1 0 1 S calm -2 false\n1 0 0 0 S loud 3 true odd\n1 1 0 1 S loud  true odd\n"
    )
    path = table(tmp_path / "strange.tsv", head + lines.replace("false\n", "false even\n"))
    assert is_of_units(path)
    strangeness, seen, mood = read_columns(path, {1: Grid(1, 2)})
    assert (strangeness.kind, seen.kind, mood.kind) == ("number", "boolean", "category")
    assert (strangeness.over, strangeness.labels) == ("phone, context", ("S calm", "S loud"))
    np.testing.assert_array_equal(strangeness.values[1], [[1.5, -2], [3, np.nan]])
    assert mood.categories == ("odd", "even")


def test_measures_below_each_other_are_apart(tmp_path):
    """Also where each has one label alone."""
    head = "layer unit row column measure label value first_half second_half\n"
    lines = "1 0 0 0 width  3 1 1\n1 1 0 1 width  4 1 1\n1 0 0 0 damage S 5 1 1\n1 1 0 1 damage S 6 1 1\n"
    width, damage = read_columns(table(tmp_path / "odd_measures.tsv", head + lines), {1: Grid(1, 2)})
    assert (width.name, width.labels, damage.name, damage.labels) == ("width", ("",), "damage", ("S",))


def test_a_single_label_is_a_label(tmp_path):
    text = "layer unit row column phone d_prime\n1 0 0 0 S 3\n1 1 0 1 S 4\n"
    (column,) = read_columns(table(tmp_path / "one.tsv", text), {1: Grid(1, 2)})
    assert (column.name, column.over, column.labels) == ("d_prime", "phone", ("S",))


def test_tables_of_no_units_and_of_several_rows_for_a_unit_are_left_alone(tmp_path):
    assert not is_of_units(table(tmp_path / "clusters.tsv", "layer phone row column size\n"))
    twice = "layer unit row column value\n1 0 0 0 3\n1 0 0 0 4\n"
    assert read_columns(table(tmp_path / "twice.tsv", twice), {1: Grid(1, 1)}) == []
    assert read_columns(table(tmp_path / "empty.tsv", "layer unit row column value\n"), {1: Grid(1, 1)}) == []


@pytest.mark.parametrize("line", ["2 0 0 0 1", "1 0 1 0 1", "1 0 0 2 1"])
def test_a_position_outside_the_grid_is_refused(tmp_path, line):
    path = table(tmp_path / "other.tsv", f"layer unit row column value\n{line}\n")
    with pytest.raises(InputError, match=r"(?s)other\.tsv.*geometry\.tsv"):
        read_columns(path, {1: Grid(1, 2)})


# How it is packed


def test_halves_keep_eleven_bits_of_the_largest_and_of_small_numbers():
    values = np.array([1e9, -3.25e-1, 7e4, np.nan, 0.0])
    packed = half(values)
    found = unpacked({"text": 0, "dtype": packed.dtype, "scale": packed.scale}, [packed.text])
    np.testing.assert_allclose(found[[0, 2]], values[[0, 2]], rtol=HALF)
    assert np.isnan(found[3]) and found[4] == 0
    p = np.array([1e-9, 0.05, 1.0])
    packed = half(p)
    found = unpacked({"text": 0, "dtype": packed.dtype, "scale": packed.scale}, [packed.text])
    np.testing.assert_allclose(found[1:], p[1:], rtol=HALF)
    assert found[0] == pytest.approx(1e-9, abs=2e-12)


def test_units_without_any_value_are_packed_as_missing():
    packed, largest = shares(np.array([[np.nan, np.nan], [0.0, 0.0], [2.0, -1.0]]))
    found = unpacked({"text": 0, "dtype": packed.dtype, "scale": packed.scale}, [packed.text]).reshape(3, 2)
    assert np.isnan(found[0]).all() and largest.tolist() == [0, 0, 2]
    np.testing.assert_allclose(found[1:], [[0, 0], [1, -0.5]], atol=1 / 254)
    codes = whole(np.array([0.0, np.nan, 3.0]))
    np.testing.assert_array_equal(unpacked({"text": 0, "dtype": "code", "scale": 1}, [codes.text]), [0, np.nan, 3])


def test_a_run_that_is_too_large_leaves_out_the_last_and_says_so(tmp_path):
    """What every view needs comes first."""
    small = Fabricated(grids=(Grid(4, 4),), seeds=(0,), phones=PHONES)
    (tmp_path / "all").mkdir()
    (tmp_path / "some").mkdir()
    everything = contents(tmp_path / "all", small)
    assert everything.about["left_out"] == {}
    needed = sum(map(len, everything.texts))
    found = contents(tmp_path / "some", small, room=needed // 2)
    assert sum(map(len, found.texts)) <= needed // 2
    assert sum(found.about["left_out"].values()) == len(everything.texts) - len(found.texts) > 0
    shown = {found.about["measures"][one["measure"]]["id"] for one in found.about["maps"]}
    assert {"selectivity.d_prime", "selectivity.responsive"} <= shown


# The page


def test_the_page_loads_nothing(whole_page):
    text = whole_page.read_text(encoding="utf-8")
    markup = re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->", "", text, flags=re.DOTALL)
    assert re.findall(r'<link[^>]*href="(?!data:)|\bsrc=|https?:', markup) == []
    styles = "".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))
    assert not re.findall(r"url\(|@import", styles)
    assert text.count("<script") == text.count("</script>") == 2 + len(read_page(whole_page)[1])


def test_the_page_has_the_licence_of_what_it_contains(whole_page):
    text = whole_page.read_text(encoding="utf-8")
    assert "Copyright 2010-2023 Mike Bostock" in text
    assert "THE SOFTWARE IS PROVIDED" in text
    assert {Path(name).suffix for name in EXPLORER} == {".css", ".html", ".js", ".LICENSE"}


def test_the_same_tables_give_the_same_bytes(whole_page, tmp_path):
    assert page(tmp_path, UNLIKE, bare=("of_others",)).read_bytes() == whole_page.read_bytes()


def test_no_speaker_and_no_path_is_in_the_page(whole_page, folder, held):
    text = whole_page.read_text(encoding="utf-8")
    assert not [name for name in (*SPEAKERS, str(folder), "responses.nc") if name in text]
    assert {"speakers", "speaker"}.isdisjoint(key for part in held[0]["trainings"] for key in part)


def test_a_mark_of_the_template_without_a_part_is_an_error():
    assert compose("<b>@@title@@</b>", {"title": "@@x@@"}) == "<b>@@x@@</b>"
    with pytest.raises(KeyError):
        compose("@@other@@", {})


def test_layers_without_lags_have_no_courses(tmp_path):
    """Groups that lack a phone at a lag are left out of its mean; what no group has is missing."""
    shown = fabricated(tmp_path, Fabricated(grids=(Grid(4, 4),), seeds=(0,), phones=PHONES))
    (course,) = unit_courses(shown[0].files, CRITERIA)
    assert course.contrast.shape == (16, 4, len(LAGS)) and np.isfinite(course.contrast).all()
