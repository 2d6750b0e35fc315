"""Loops run compiled wherever the checkout lies."""

from phonotopy.core.numba_loops import compiled


def test_a_loop_compiles_where_no_machine_code_can_be_kept() -> None:
    names: dict[str, object] = {}
    exec("def doubled(x):\n    return 2 * x", names)  # of no file, so that there is no folder beside it
    assert compiled(names["doubled"])(21) == 42  # type: ignore[arg-type, operator]
