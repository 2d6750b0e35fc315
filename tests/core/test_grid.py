"""The grid: closed forms on small lattices."""

import numpy as np
import pytest

from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid, fit


@pytest.mark.parametrize(
    ("filters", "shape"), [(1, (1, 1)), (12, (3, 4)), (128, (8, 16)), (256, (16, 16)), (2048, (32, 64)), (8, (2, 4))]
)
def test_fit_takes_the_squarest_rectangle(filters: int, shape: tuple[int, int]) -> None:
    grid = fit(filters)
    assert (grid.rows, grid.columns) == shape


@pytest.mark.parametrize("filters", [0, -4, 3, 10, 127, 254])
def test_fit_refuses_by_name(filters: int) -> None:
    with pytest.raises(InputError, match=rf"layers\[1\]\.filters: {filters} filters fill no rectangle"):
        fit(filters, "layers[1].filters")


@pytest.mark.parametrize(("rows", "columns"), [(2, 2), (3, 5), (16, 16)])
def test_numbers_of_neighbours(rows: int, columns: int) -> None:
    straight = rows * (columns - 1) + columns * (rows - 1)
    diagonal = 2 * (rows - 1) * (columns - 1)
    assert len(Grid(rows, columns).neighbours("rook")) == straight
    assert len(Grid(rows, columns).neighbours("queen")) == straight + diagonal


def test_torus_gives_every_unit_eight_neighbours() -> None:
    pairs = Grid(4, 6, torus=True).neighbours("queen")
    assert np.bincount(pairs.ravel()).tolist() == [8] * 24


def test_distances_are_euclidean_and_shorter_round_a_torus() -> None:
    plane, torus = Grid(4, 8), Grid(4, 8, torus=True)
    assert plane.distances[0, 31] == pytest.approx(np.hypot(3, 7))
    assert torus.distances[0, 31] == pytest.approx(np.hypot(1, 1))
    assert np.array_equal(plane.distances, plane.distances.T)


def test_units_stand_in_row_major_order() -> None:
    assert Grid(2, 3).positions.tolist() == [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]
