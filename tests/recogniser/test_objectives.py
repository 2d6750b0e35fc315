"""Objectives against loops, and what training on them does."""

from pathlib import Path
from typing import get_args

import pytest
import torch
import yaml
from topoloss.losses.laplacian_pyramid import laplacian_pyramid_loss

import reference_recogniser as reference
from phonotopy.core.errors import InputError
from phonotopy.core.grid import Grid
from phonotopy.recogniser.network import Output
from phonotopy.recogniser.objectives.activation_similarity import ActivationSimilarity, activation_similarity
from phonotopy.recogniser.objectives.filter_similarity import FilterSimilarity, touching
from phonotopy.recogniser.objectives.laplacian_pyramid import laplacian_pyramid, reduction
from phonotopy.recogniser.objectives.objective import FRAME_STEP, OBJECTIVES, Objective, course, depth_profile
from phonotopy.recogniser.objectives.resemblance import resemblance
from phonotopy.recogniser.objectives.response_kernel import Shape, kernel_of, response_correlation

GRID = Grid(3, 4)
LENGTHS = torch.tensor([9, 6])
SETTINGS = {"weight": 1.0, "shape": "gaussian", "radius": 2.0}


def responses() -> torch.Tensor:
    torch.manual_seed(3)
    values = torch.rand(2, GRID.units, 9).double() ** 2
    values[1, :, 6:] = 0
    return values


def frames(values: torch.Tensor, step: int = 1) -> list[list[float]]:
    return torch.cat([values[0, :, ::step], values[1, :, :6:step]], dim=1).tolist()


def output(values: torch.Tensor) -> Output:
    return Output(torch.empty(0), torch.empty(0), [values], [LENGTHS])


def of_filters(filters: torch.Tensor, grid: Grid) -> torch.Tensor:
    found: torch.Tensor = FilterSimilarity(grid, {})(filters, torch.empty(0), LENGTHS)
    return found


def test_correlation_ignores_padding() -> None:
    found, listed = response_correlation(responses(), LENGTHS), frames(responses())
    for i in range(GRID.units):
        for j in range(GRID.units):
            assert float(found[i, j]) == pytest.approx(reference.correlation(listed[i], listed[j]), abs=1e-5)


@pytest.mark.parametrize("frames", [None, torch.tensor(9)], ids=["cosine", "correlation"])
def test_resemblance_has_the_gradient_of_its_formula(frames: torch.Tensor | None) -> None:
    """Of rows of which one is silent and one varies less than counts, with padding, which has no part in frames."""
    rows = torch.rand(5, 12, dtype=torch.float64, generator=torch.Generator().manual_seed(5)) * (torch.arange(12) < 9)
    rows[1], rows[2] = 0, rows[2] * 1e-3
    found = resemblance(rows.requires_grad_(), frames, 1e-3)
    mean = torch.zeros(5) if frames is None else rows.sum(dim=1) / 9
    covariance = rows @ rows.T / (1 if frames is None else 9) - torch.outer(mean, mean)
    scale = covariance.diagonal().clamp(min=1e-3).sqrt()
    torch.testing.assert_close(found, covariance / torch.outer(scale, scale))
    assert torch.autograd.gradcheck(lambda given: resemblance(given, frames, 1e-3), rows)


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (2, 2), (2, 5), (3, 3), (5, 4)])
@pytest.mark.parametrize("torus", [False, True])
def test_units_are_neighbours_where_rows_and_columns_touch(shape: tuple[int, int], torus: bool) -> None:
    grid, expected = Grid(*shape, torus=torus), torch.eye(shape[0] * shape[1])
    for one, other in grid.neighbours("queen"):
        expected[one, other] = expected[other, one] = 1
    assert torch.equal(torch.kron(*(touching(lines, torus=torus) for lines in shape)), expected)


@pytest.mark.parametrize("torus", [False, True])
def test_filter_similarity_has_the_gradient_of_its_formula(torus: bool) -> None:
    grid = Grid(3, 4, torus=torus)
    filters = torch.randn(grid.units, 5, generator=torch.Generator().manual_seed(5)).requires_grad_()
    one, other = torch.from_numpy(grid.neighbours("queen")).T
    expected = 1 - torch.nn.functional.cosine_similarity(filters[one], filters[other]).mean()
    (slope,) = torch.autograd.grad(expected, filters)
    found = of_filters(filters, grid)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(torch.autograd.grad(found, filters)[0], slope)


@pytest.mark.parametrize("shape", get_args(Shape))
def test_response_kernel_equals_its_loop(shape: Shape) -> None:
    objective = Objective("response_kernel", {"weight": 3.0, "shape": shape, "radius": 1.5}, [GRID], [1])
    expected = 3 * reference.response_kernel(frames(responses(), step=FRAME_STEP), GRID.columns, shape, 1.5)
    assert float(objective([torch.ones(GRID.units, 2)], output(responses()))) == pytest.approx(expected, rel=1e-5)


def test_filter_similarity_equals_its_loop() -> None:
    torch.manual_seed(4)
    filters = torch.randn(GRID.units, 7)
    objective = Objective("filter_similarity", {"weight": 0.5}, [GRID], [1])
    expected = 0.5 * reference.filter_similarity(filters.tolist(), GRID.columns)
    assert float(objective([filters], output(responses()))) == pytest.approx(expected, rel=1e-5)


def test_filter_similarity_of_equal_filters_is_zero() -> None:
    assert float(of_filters(torch.ones(GRID.units, 5), GRID)) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("shape", [(1, 2), (2, 2), (2, 3), (3, 3), (3, 4), (5, 4)])
@pytest.mark.parametrize("torus", [False, True])
def test_filter_similarity_takes_every_pair_of_neighbours_once(shape: tuple[int, int], torus: bool) -> None:
    grid = Grid(*shape, torus=torus)
    torch.manual_seed(5)
    filters = torch.randn(grid.units, 6)
    pairs = grid.neighbours("queen")
    expected = sum(1 - reference.cosine(filters[i].tolist(), filters[j].tolist()) for i, j in pairs) / len(pairs)
    assert float(of_filters(filters, grid)) == pytest.approx(expected, abs=1e-6)
    if torus and min(shape) > 2:
        counted = sum(
            reference.neighbours_on_torus(i, j, *shape) for i in range(grid.units) for j in range(i)
        )  # of the grid itself, by another way
        assert counted == len(pairs)


def test_activation_similarity_equals_its_loop() -> None:
    objective = Objective("activation_similarity", {"weight": 2.0}, [GRID], [1])
    expected = 2 * reference.activation_similarity(frames(responses(), step=FRAME_STEP), GRID.columns)
    assert float(objective([torch.ones(GRID.units, 2)], output(responses()))) == pytest.approx(expected, rel=1e-5)


def test_activation_similarity_of_the_order_itself_is_zero() -> None:
    objective = ActivationSimilarity(GRID, {})
    correlation = 0.1 + 0.3 / (1 + torch.from_numpy(GRID.distances).float())
    assert float(activation_similarity(correlation, objective.nearness)) == pytest.approx(0, abs=1e-6)
    assert float(activation_similarity(-correlation, objective.nearness)) == pytest.approx(1, abs=1e-6)


def test_response_target_equals_its_loop() -> None:
    objective = Objective("response_target", {"weight": 2.0}, [GRID], [1])
    expected = 2 * reference.response_target(frames(responses(), step=FRAME_STEP), GRID.columns)
    assert float(objective([torch.ones(GRID.units, 2)], output(responses()))) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("factor", [1.5, 2.0, 3.0])
def test_laplacian_pyramid_equals_its_loop(factor: float) -> None:
    torch.manual_seed(4)
    filters = torch.randn(24, 7)
    objective = Objective("laplacian_pyramid", {"weight": 0.5, "factor": factor}, [Grid(4, 6)], [1])
    expected = 0.5 * reference.laplacian_pyramid(filters.tolist(), 4, 6, factor)
    assert float(objective([filters], output(torch.zeros(2, 24, 9)))) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("factor", [2.0, 3.0, 8.0])
def test_laplacian_pyramid_and_its_slope_are_those_of_topoloss(factor: float) -> None:
    torch.manual_seed(4)
    ours = torch.randn(256, 90, requires_grad=True)
    theirs = ours.detach().clone().requires_grad_()
    found = laplacian_pyramid(ours, *reduction(Grid(16, 16), factor))
    expected = laplacian_pyramid_loss(theirs.reshape(16, 16, 90), factor, factor)
    found.backward()
    expected.backward()
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=0)
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize(("grid", "message"), [(Grid(4, 4), "a factor of 5"), (Grid(8, 8, torus=True), "torus: true")])
def test_a_grid_that_cannot_be_reduced_is_refused(grid: Grid, message: str) -> None:
    with pytest.raises(InputError, match=message):
        reduction(grid, 5.0)


@pytest.mark.parametrize("name", sorted(OBJECTIVES))
def test_silent_units_and_filters_of_zeros_give_finite_gradients(name: str) -> None:
    values, filters = responses().float(), torch.randn(GRID.units, 5)
    values[:, 0], filters[0] = 0, 0
    values.requires_grad_()
    filters.requires_grad_()
    settings = {**SETTINGS, "factor": 2.0}
    Objective(name, settings, [GRID], [1])([filters], output(values)).backward()
    grown = [one.grad for one in (values, filters) if one.grad is not None]
    assert len(grown) == 1
    assert grown[0].isfinite().all()
    assert grown[0].abs().sum() > 0


def test_kernels_have_their_value_at_the_radius() -> None:
    distances = torch.tensor([0.0, 3.0])
    assert kernel_of(distances, "gaussian", 3.0).tolist() == pytest.approx([1, 0.60653066])
    assert kernel_of(distances, "exponential", 3.0).tolist() == pytest.approx([1, 0.36787944])


def test_depth_profile_grows_and_keeps_the_mean_weight() -> None:
    assert depth_profile(5, 0).tolist() == [1] * 5
    assert depth_profile(5, 1).tolist() == pytest.approx([1 / 3, 2 / 3, 1, 4 / 3, 5 / 3])


def test_the_weight_rises_and_falls() -> None:
    found = [course(step, 100, warmup=0.1, end=0.4) for step in (1, 5, 10, 55, 100)]
    assert found == pytest.approx([0.1, 0.5, 1.0, 0.7, 0.4])
    assert [course(step, 100, warmup=0.1, end=1.0) for step in (1, 10, 100)] == pytest.approx([0.1, 1.0, 1.0])
    assert [course(step, 10, warmup=0.0, end=1.0) for step in (1, 10)] == [1.0, 1.0]
    assert course(10, 10, warmup=1.0, end=0.5) == 1.0
    assert Objective("filter_similarity", {"weight": 1.0, "end": 0.25}, [GRID], [1]).end == 0.25


def test_layers_count_by_their_weights() -> None:
    torch.manual_seed(4)
    filters = [torch.randn(GRID.units, 7) for _ in range(2)]
    first, second = (reference.filter_similarity(layer.tolist(), GRID.columns) for layer in filters)
    objective = Objective("filter_similarity", {"weight": 3.0, "growth": 1.0}, [GRID, GRID], [1, 1])
    twice = Output(torch.empty(0), torch.empty(0), [responses()] * 2, [LENGTHS] * 2)
    assert float(objective(filters, twice)) == pytest.approx(3 * (2 / 3 * first + 4 / 3 * second) / 2)


def test_every_layer_is_looked_at_when_the_last_one_is() -> None:
    """Of a layer whose frames are half as long, every fourth one, where every second one of the last is."""
    torch.manual_seed(3)
    first, last = torch.rand(2, GRID.units, 18) ** 2, torch.rand(2, GRID.units, 9) ** 2
    lengths = [torch.tensor([18, 12]), LENGTHS]
    for values, ends in zip((first, last), lengths, strict=True):
        values[1, :, int(ends[1]) :] = 0
    objective = Objective("response_kernel", SETTINGS, [GRID, GRID], [2, 4])
    found = objective([torch.ones(GRID.units, 2)] * 2, Output(torch.empty(0), torch.empty(0), [first, last], lengths))
    seen = [
        torch.cat([values[0, :, :: 2 * step], values[1, :, : int(ends[1]) : 2 * step]], dim=1).double().tolist()
        for values, ends, step in zip((first, last), lengths, (2, 1), strict=True)
    ]
    expected = [reference.response_kernel(one, GRID.columns, "gaussian", 2.0) for one in seen]
    assert float(found) == pytest.approx(sum(expected) / 2, rel=1e-5)


def test_control_costs_nothing() -> None:
    assert float(Objective("none", {}, [GRID], [1])([torch.randn(12, 2)], output(responses()))) == 0


@pytest.mark.slow
def test_descending_the_response_kernel_reaches_its_kernel() -> None:
    """Free responses must come to correlate as the kernel says: near units alike, far units unrelated."""
    torch.manual_seed(6)
    objective = Objective("response_kernel", SETTINGS, [GRID], [1])
    values = torch.randn(1, GRID.units, 200 * FRAME_STEP, requires_grad=True)
    whole = Output(torch.empty(0), torch.empty(0), [values], [torch.tensor([200 * FRAME_STEP])])
    optimiser = torch.optim.Adam([values], lr=0.05)
    for _ in range(300):
        optimiser.zero_grad()
        loss = objective([torch.ones(12, 2)], whole)
        loss.backward()
        optimiser.step()
    kernel = kernel_of(torch.from_numpy(GRID.distances), "gaussian", 2.0)
    reached = response_correlation(values.detach()[..., ::FRAME_STEP], torch.tensor([200]))
    assert float((reached - kernel).abs().max()) < 0.05


def test_the_settings_know_the_objectives() -> None:
    root = Path(__file__).parents[2]
    schema = yaml.safe_load((root / "workflow" / "schemas" / "config.schema.yaml").read_text(encoding="utf-8"))
    known = schema["properties"]["conditions"]["additionalProperties"]["properties"]["objective"]["enum"]
    assert sorted(known) == sorted(["none", *OBJECTIVES])
    settings = yaml.safe_load((root / "config.yaml").read_text(encoding="utf-8"))
    assert settings["training"]["objectives"].keys() == OBJECTIVES.keys()


def test_activation_similarity_of_nearly_equal_correlations_is_finite_and_right() -> None:
    """Responses that have nearly collapsed into one still have an order; sums of squares would lose it to rounding."""
    grid = Grid(16, 16)
    near = ActivationSimilarity(grid, {}).nearness
    correlation = (0.999 + 1e-3 * near / near.abs().max()).requires_grad_()
    found = activation_similarity(correlation, near)
    assert found.item() == pytest.approx(0, abs=1e-3)
    (slope,) = torch.autograd.grad(found, correlation)
    assert torch.isfinite(slope).all()
