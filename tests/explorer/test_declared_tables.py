"""Every table that says something of each unit is declared as such, so that a new one appears in the explorer."""

import pytest

from declarations.pages import EXPLORER
from declarations.statistics import STATISTICS
from explored import WEB
from phonotopy.provenance.dictionary import tables_of


@pytest.mark.parametrize("statistic", [one for one in STATISTICS if not one.summary], ids=lambda one: one.name)
def test_tables_of_units_are_declared(statistic):
    where, parts = {"layer", "unit", "row", "column"}, ({"phone", "speaker"}, {"phone", "lag_ms"})  # in figures alone
    tables = {name: {*table.columns} for name, table in tables_of(statistic.module).items()}
    found = {name for name, columns in tables.items() if where < columns and not any(part < columns for part in parts)}
    assert {*statistic.of_units} == found & {*statistic.files}


def test_every_file_of_the_page_is_there_and_named_once():
    assert len({*EXPLORER}) == len(EXPLORER)
    assert all((WEB / name).is_file() for name in EXPLORER)
    assert {path.name for path in (WEB / "explorer").iterdir()} == {
        name.removeprefix("explorer/") for name in EXPLORER if name.startswith("explorer/")
    }
