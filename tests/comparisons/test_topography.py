"""The mapping tables, from fabricated activations with a known map."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from fabricate import activations, opened
from phonotopy.activations.read import Cells, Tokens
from phonotopy.comparisons import phones
from phonotopy.comparisons.topography import TABLE, Training, topography
from phonotopy.core.grid import Contiguity, Grid
from phonotopy.core.inventory import read_inventory
from phonotopy.core.tables import integer, number, read_table, write_table
from phonotopy.encoding.ladder import TABLE as LADDER
from phonotopy.inference.evidence import adjusted, compared
from phonotopy.inference.label_null import LabelNull
from phonotopy.inference.permutation import adjust
from phonotopy.organisation.rank import TABLE as RANKS
from phonotopy.organisation.rank import rank_row
from phonotopy.selectivity.d_prime import Criteria, Selectivity, measure
from phonotopy.selectivity.label_shift import label_shift
from phonotopy.selectivity.selectivity import Details, write_preferences, write_selectivity
from phonotopy.spatial.autocorrelation import TABLE as AUTOCORRELATION
from phonotopy.spatial.autocorrelation import autocorrelation_rows
from phonotopy.spatial.largest_regions import largest_regions
from phonotopy.spatial.phone_maps import Maps, read_maps
from phonotopy.spatial.regions import TABLE as REGIONS
from phonotopy.spatial.regions import region_rows

PHONES = ("P", "S", "IY", "M", "AA")
RADII = {"control": 0.0, "topographic": 2.0}
CRITERIA = Criteria(minimum_tokens=10, minimum_speakers=3, d_prime=0.5, false_discovery_rate=0.05)
INVENTORY = Path(__file__).parents[2] / "resources" / "phones.tsv"
STEMS = ("geometry", "autocorrelation", "regions", "rank", "selectivity", "preferences", "ladder")


def unknown(found: Selectivity) -> Details:
    """Details that nobody asked for."""
    return Details(*np.full((4, *found.d_prime.shape), np.nan))


def rungs(maps: dict[int, Maps], layers: int) -> Iterator[dict[str, object]]:
    """A ladder in which each number says where it belongs; the first phone is missing, as one that was not tested."""
    named = {"phone": "labels", "phone beyond manner": "manners", "phone beyond sound": "sound"}
    for layer, (labelling, null) in product(range(1, layers + 1), named.items()):
        for phone, (statistic, own) in product(
            PHONES[1:], [("neighbours", "positions"), ("neighbours", null), ("morans_i", null)]
        ):
            value = (len(labelling) + PHONES.index(phone) / 10 + layer / 100) / 100
            row = dict.fromkeys(LADDER.columns, value) | {"layer": layer, "labelling": labelling, "phone": phone}
            yield row | {"statistic": statistic, "null": own, "permutations": 19, "null_seed": 0}


def run(folder: Path, radius: float, criteria: Criteria = CRITERIA) -> dict[str, Path]:
    """All mapping tables of one training, through files as in the workflow."""
    activations(folder, PHONES, layers=2, filters=64, speakers=4, utterances=12, tokens=20, radius=radius)
    responses = opened(folder)
    grids = {number: layer.grid for number, layer in responses.layers.items()}
    found = {layer: measure(responses.cells(layer), criteria) for layer in grids}
    write_selectivity(
        folder / "selectivity.tsv", found, responses.positions, {layer: unknown(one) for layer, one in found.items()}
    )
    write_preferences(folder / "preferences.tsv", found, responses.positions, read_inventory(INVENTORY))
    usable = [phone for phone, kept in zip(PHONES, found[1].usable, strict=True) if kept]
    maps, tokens, nulls = (
        read_maps(folder / "selectivity.tsv"),
        Tokens.read(folder / "tokens.tsv", usable, "speaker"),
        {},
    )
    for layer, grid in grids.items():
        values = responses.token_means(layer, tokens)
        nulls[layer] = label_shift(values, tokens, grid, maps[layer].live, criteria, shifts=39, key=1)
    LabelNull.write(folder / "label_shift.npz", nulls)
    nulls, rows, regions = LabelNull.read(folder / "label_shift.npz"), [], []
    for layer, grid in grids.items():
        rows += autocorrelation_rows(
            {"layer": layer, "null_seed": 0}, maps[layer], grid, nulls[layer], permutations=99, key=layer
        )
        regions += region_rows(
            {"layer": layer, "null_seed": 0}, maps[layer], grid, nulls[layer], permutations=99, key=layer
        )
    write_table(folder / "ladder.tsv", LADDER.columns, rungs(maps, layers=2))
    write_table(folder / "autocorrelation.tsv", AUTOCORRELATION.columns, adjusted(rows, "statistic", "weights", "null"))
    write_table(folder / "regions.tsv", REGIONS.columns, adjusted(regions, "statistic", "null"))
    gathered = {layer: responses.arrays(layer, "frame_comoment", "filter_cosine") for layer in grids}
    ranks = [rank_row(layer, found["frame_comoment"], found["filter_cosine"]) for layer, found in gathered.items()]
    write_table(folder / "rank.tsv", RANKS.columns, ranks)
    return {stem: folder / f"{stem}.tsv" for stem in STEMS}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Path]]:
    return {condition: run(tmp_path_factory.mktemp(condition), radius) for condition, radius in RADII.items()}


def table(trained: dict[str, dict[str, Path]], control: str | None = "control") -> list[dict[str, object]]:
    trainings = [Training.read(condition, 0, paths) for condition, paths in trained.items()]
    return list(topography("digits", trainings, "queen", control))


def test_a_planted_map_shows_in_every_layer_and_an_unordered_grid_in_none(trained: dict[str, dict[str, Path]]) -> None:
    rows = table(trained)
    assert [(row["condition"], row["layer"]) for row in rows] == [(m, n) for m in RADII for n in (1, 2)]
    for row in rows:
        assert list(row) == list(TABLE.columns)
        assert (row["corpus"], row["seed"], row["rows"], row["columns"], row["phones"]) == ("digits", 0, 8, 8, 5)
        assert (row["permutations"], row["label_shifts"], row["null_seed"]) == (99, 39, 0)
        mapped = row["condition"] == "topographic"
        assert (row["morans_i_mean"] > 0.5) == (row["p"] == 0.02) == (row["q"] == 0.02) == mapped
        assert (row["label_shift_p"] == 0.025) == (row["largest_region_p"] == 0.01) == mapped
        assert row["null_mean"] == pytest.approx(-1 / 61, abs=0.02)
        assert (row["regions"] < row["regions_null_mean"] - 2) == mapped
        assert 0.1 < row["responsive_share"] < 0.5
        assert (row["effective_rank_share"] < 0.9) == mapped, "smooth maps share directions"
        assert row["filter_rank_share"] == pytest.approx(1, abs=0.05)
        assert (row["phones_beyond_positions"] == 5) == (row["phones_beyond_labels"] >= 3) == mapped
        assert (row["label_shift_q"] == 0.025) == mapped
        assert row["largest_region_label_shift_p"] == 0.025 or not mapped
        assert row["largest_region_minimum"] <= row["largest_region_median"] <= row["largest_region_maximum"]
        assert row["largest_region_minimum"] <= row["largest_region"] <= row["largest_region_maximum"]
        assert (row["largest_region_label_shift_null_mean"] > 1) and (row["label_shift_null_sd"] > 0)
        assert 1 <= row["phones_per_unit"] <= 5 and 1 / 5 <= row["exclusivity"] <= 1


def by_phone(trained: dict[str, dict[str, Path]], contiguity: Contiguity = "queen") -> list[dict[str, object]]:
    trainings = [phones.Training.read(condition, 0, paths) for condition, paths in trained.items()]
    return list(phones.phones("digits", trainings, contiguity))


def test_the_table_of_phones_has_what_the_tables_of_trainings_say(trained: dict[str, dict[str, Path]]) -> None:
    rows = by_phone(trained)
    assert [(row["condition"], row["layer"], row["phone"]) for row in rows] == [
        (condition, layer, phone) for condition in RADII for layer in (1, 2) for phone in PHONES
    ]
    assert all(list(row) == list(phones.TABLE.columns) and row["status"] == "ok" for row in rows)
    assert {(row["permutations"], row["label_shifts"], row["null_seed"]) for row in rows} == {(99, 39, 0)}
    for row in rows:
        paths = trained[str(row["condition"])]
        maps = read_maps(paths["selectivity"])[int(str(row["layer"]))]
        index = maps.phones.index(str(row["phone"]))
        region = largest_regions(maps, Grid(8, 8))[index]
        assert row["responsive_units"] == maps.responsive[:, index].sum() > 0
        assert (row["largest_region"], row["region_row"], row["region_column"], row["exclusivity"]) == region
        assert row["tokens"] == maps.tokens[str(row["phone"])]
        assert row["preferred_units"] == (np.argmax(maps.d_prime[maps.live], axis=1) == index).sum()
        for file, statistic, prefixes in (
            ("autocorrelation", "morans_i", ("positions_", "labels_")),
            ("regions", "largest_region", ("largest_region_positions_", "largest_region_labels_")),
        ):
            for null, prefix in zip(("positions", "labels"), prefixes, strict=True):
                wanted = {"layer": str(row["layer"]), "phone": row["phone"], "statistic": statistic, "null": null}
                cells = [own for own in read_table(paths[file]) if wanted.items() <= own.items()]
                cells = [own for own in cells if own.get("weights", "queen") == "queen"]
                assert len(cells) == 1
                for name in ("null_mean", "null_sd", "p", "p_family"):
                    np.testing.assert_equal(row[prefix + name], number(cells[0][name]))
        tested = row["phone"] != PHONES[0]
        for prefix, null, length in (
            ("phone", "labels", 5),
            ("beyond_manner", "manners", 19),
            ("beyond_sound", "sound", 18),
        ):
            value = (length + PHONES.index(str(row["phone"])) / 10 + int(str(row["layer"])) / 100) / 100
            names = (f"{prefix}_share", f"{prefix}_share_positions_p_family", f"{prefix}_share_{null}_p_family")
            assert [row[name] for name in names] == ([pytest.approx(value)] * 3 if tested else [None] * 3)
    assert by_phone(trained, "rook")[0]["morans_i"] != rows[0]["morans_i"]


def test_the_table_of_topography_counts_the_phones_of_the_table_of_phones(trained: dict[str, dict[str, Path]]) -> None:
    rows = by_phone(trained)
    for row in table(trained):
        own = [one for one in rows if (one["condition"], one["layer"]) == (row["condition"], row["layer"])]
        for null in ("positions", "labels"):
            assert row[f"phones_beyond_{null}"] == sum(float(str(one[f"{null}_p_family"])) < 0.05 for one in own)
        assert row["largest_region_median"] == np.median([float(str(one["largest_region"])) for one in own])
        assert row["exclusivity"] == pytest.approx(np.mean([float(str(one["exclusivity"])) for one in own]))


def test_a_phone_with_too_few_tokens_has_a_row_that_says_so(tmp_path: Path) -> None:
    activations(tmp_path / "tokens", PHONES, layers=1, filters=16, speakers=4, utterances=12, tokens=20)
    occurring = [row["phone"] for row in read_table(tmp_path / "tokens" / "tokens.tsv")]
    least = sorted({occurring.count(phone) for phone in PHONES})[1]
    paths = run(tmp_path / "few", 2.0, replace(CRITERIA, minimum_tokens=least))
    rows = [row for row in by_phone({"few": paths}) if row["layer"] == 1]
    assert {row["status"] for row in rows} == {"ok", "too few"}
    for row in rows:
        enough = int(str(row["tokens"])) >= least
        assert (row["status"] == "ok") == enough
        missing = ("morans_i", "positions_p", "labels_p_family", "regions", "largest_region_labels_p", "exclusivity")
        assert [np.isfinite(float(str(row[name]))) for name in missing] == [enough] * 6
        assert (row["responsive_units"] is None) == (row["preferred_units"] is None) == (not enough)


def test_without_a_control_there_are_no_shares(trained: dict[str, dict[str, Path]]) -> None:
    for control in (None, "absent"):
        assert {row["effective_rank_share"] for row in table(trained, control)} == {None}


def test_the_mean_is_that_of_the_phones(trained: dict[str, dict[str, Path]]) -> None:
    types = {"layer": int, "observed": number, "null_mean": number, "null_sd": number, "p": number, "q": number}
    rows = read_table(trained["topographic"]["autocorrelation"], types | {"permutations": integer})
    assert len(rows) == 2 * 2 * 3 * 6, (
        "layers, weights, two statistics against positions and one against labels, phones"
    )
    wanted = {"layer": 1, "statistic": "morans_i", "weights": "queen", "null": "positions"}
    first = [row for row in rows if wanted.items() <= row.items()]
    assert [row["phone"] for row in first] == [*PHONES, "mean"]
    for column in ("observed", "null_mean"):
        assert first[-1][column] == pytest.approx(np.mean([row[column] for row in first[:-1]]), rel=1e-6)
    assert {row["permutations"] for row in rows if row["null"] == "labels"} == {39}
    assert {row["alternative"] for row in rows} == {"two-sided", "greater"}


def test_regions_are_tested_where_a_null_says_something(trained: dict[str, dict[str, Path]]) -> None:
    rows = read_table(trained["control"]["regions"])
    assert {(row["statistic"], row["null"], row["alternative"]) for row in rows} == {
        ("regions", "positions", "two-sided"),
        ("regions", "labels", "two-sided"),
        ("largest_region", "positions", "greater"),
        ("largest_region", "labels", "greater"),
        ("responsive_share", "labels", "greater"),
    }


def test_maps_come_back_from_the_table(trained: dict[str, dict[str, Path]]) -> None:
    folder = trained["topographic"]["rank"].parent
    maps = read_maps(folder / "selectivity.tsv")[2]
    found = measure(opened(folder).cells(2), CRITERIA)
    assert maps.phones == PHONES
    assert maps.d_prime == pytest.approx(found.d_prime, rel=1e-8, nan_ok=True)
    assert (maps.responsive == found.responsive).all()
    assert (maps.live == found.live).all()
    assert maps.live.sum() == 62
    assert (maps.usable == found.usable).all()


def test_the_preferred_phone_has_the_largest_d_prime(trained: dict[str, dict[str, Path]]) -> None:
    folder = trained["topographic"]["rank"].parent
    maps = read_maps(folder / "selectivity.tsv")[1]
    rows = [row for row in read_table(folder / "preferences.tsv", {"d_prime": number}) if row["layer"] == "1"]
    manners = {"P": "stop", "S": "fricative", "IY": "vowel", "M": "nasal", "AA": "vowel"}
    assert len(rows) == 64
    assert [row["dead"] for row in rows[:3]] == ["true", "true", "false"]
    for row, values in zip(rows[2:], maps.d_prime[2:], strict=True):
        assert row["phone"] == PHONES[int(np.argmax(values))]
        assert row["d_prime"] == pytest.approx(values.max())
        assert row["manner"] == manners[row["phone"]]


def test_rare_phones_and_dead_layers_have_rows_that_say_so(tmp_path: Path) -> None:
    activations(tmp_path, PHONES, layers=2, filters=36, speakers=4, utterances=4, tokens=20)
    responses = opened(tmp_path)
    grids, positions = {n: layer.grid for n, layer in responses.layers.items()}, responses.positions
    cells = responses.cells(1)
    few = Criteria(int(np.sort(cells.count.sum(axis=0))[1]), 3, 0.5, 0.05)
    still = Cells(cells.phones, cells.samples, cells.count, 0 * cells.mean, 0 * cells.m2)
    layers = {1: measure(cells, few), 2: measure(still, few)}
    write_selectivity(tmp_path / "s.tsv", layers, positions, {layer: unknown(one) for layer, one in layers.items()})
    write_preferences(tmp_path / "p.tsv", {2: measure(still, few)}, positions, read_inventory(INVENTORY))
    maps = read_maps(tmp_path / "s.tsv")
    assert maps[1].usable.sum() == 4
    assert not maps[2].live.any()
    statuses = [row["status"] for row in read_table(tmp_path / "s.tsv")]
    assert statuses.count("dead") == 2 * 5 + 36 * 5
    assert statuses.count("too few") == 34
    assert {row["dead"] for row in read_table(tmp_path / "p.tsv")} == {"true"}
    for layer in (1, 2):
        phones = [p for p, usable in zip(PHONES, maps[layer].usable, strict=True) if usable]
        null = LabelNull(
            tuple(phones),
            (9,) * len(phones),
            {name: np.zeros((3, len(phones))) for name in ("morans_i_queen", "morans_i_rook")},
        )
        rows = list(
            autocorrelation_rows(
                {"layer": layer, "null_seed": 0}, maps[layer], grids[layer], null, permutations=9, key=1
            )
        )
        positions = {row["phone"]: row for row in rows if row["null"] == "positions" and row["weights"] == "queen"}
        rare = next(p for p, usable in zip(PHONES, maps[1].usable, strict=True) if not usable)
        assert np.isnan(positions[rare]["observed"])
        assert np.isnan(positions[rare]["p"])
        assert np.isfinite(positions["mean"]["p"]) == (layer == 1)


def test_q_of_a_mean_is_over_layers_and_q_of_a_phone_over_phones() -> None:
    observed, null = np.array([3.0, 0.5]), np.random.default_rng(0).normal(size=(99, 2))
    rows = [
        row
        for layer in (1, 2, 3)
        for row in compared("PS", observed - layer, null, "greater", {"layer": layer, "f": 0})
    ]
    rows = adjusted(rows, "f")
    means = [row for row in rows if row["phone"] == "mean"]
    assert [row["q"] for row in means] == pytest.approx(adjust([row["p"] for row in means]).tolist())
    assert len({row["p"] for row in means}) == 3
    phones = rows[:2]
    assert [row["q"] for row in phones] == pytest.approx(adjust([row["p"] for row in phones]).tolist())
    assert means[0]["null_sd"] == pytest.approx(null.mean(axis=1).std(ddof=1))
