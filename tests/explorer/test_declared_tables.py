"""Every table that says something of each unit is declared as such, so that a new one appears in the explorer."""

import pytest

from declarations.pages import EXPLORER
from declarations.statistics import STATISTICS
from explored import WEB
from phonotopy.provenance.dictionary import tables_of

OF_PARTS = {"speaker_maps.tsv", "onset_maps.tsv"}  # of single speakers and times, which figures show


@pytest.mark.parametrize("statistic", [one for one in STATISTICS if not one.summary], ids=lambda one: one.name)
def test_tables_of_units_are_declared(statistic):
    where = {"layer", "unit", "row", "column"}
    found = {name for name, table in tables_of(statistic.module).items() if where < {*table.columns}} - OF_PARTS
    assert {*statistic.of_units} == found & {*statistic.files}


def test_every_file_of_the_page_is_there_and_named_once():
    assert len({*EXPLORER}) == len(EXPLORER)
    assert all((WEB / name).is_file() for name in EXPLORER)
    assert {path.name for path in (WEB / "explorer").iterdir()} == {
        name.removeprefix("explorer/") for name in EXPLORER if name.startswith("explorer/")
    }
