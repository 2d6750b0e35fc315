"""Own checkpoints instead of a training."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from phonotopy.core.errors import InputError
from phonotopy.recogniser.checkpoint import save_recogniser
from phonotopy.recogniser.network import Layer, Recogniser, layers_of
from phonotopy.recogniser.take_checkpoint import check_fit

ANALYSIS = {"bands": 8, "hop_s": 0.01}


def layers(*filters: int, torus: bool = False, stride: int = 1) -> list[Layer]:
    return layers_of([{"filters": count, "kernel": 3, "stride": stride} for count in filters], torus=torus)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    network = Recogniser(8, layers(4, 16), 3, dropout=0.0)
    save_recogniser(tmp_path / "own.pt", network, {**ANALYSIS, "alphabet": "abc"})
    return tmp_path / "own.pt"


def test_a_checkpoint_that_fits_is_taken(checkpoint: Path) -> None:
    check_fit(checkpoint, ANALYSIS, "ab")


def test_layers_may_be_any(tmp_path: Path) -> None:
    save_recogniser(tmp_path / "own.pt", Recogniser(8, layers(64), 3, dropout=0.0), {**ANALYSIS, "alphabet": "abc"})
    check_fit(tmp_path / "own.pt", ANALYSIS, "ab")


@pytest.mark.parametrize(
    ("analysis", "alphabet", "message"),
    [
        ({**ANALYSIS, "hop_s": 0.02}, "ab", "made for hop_s 0.01"),
        ({**ANALYSIS, "lowest_hz": 60}, "ab", "made for lowest_hz None"),
        (ANALYSIS, "abd", "letters 'd', which it does not know"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(
    checkpoint: Path, analysis: dict[str, Any], alphabet: str, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        check_fit(checkpoint, analysis, alphabet)
    assert message in str(caught.value)


class Executes:
    """An object whose unpickling runs code."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.mark,)


def test_a_checkpoint_never_runs_code(tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    torch.save({"layers": [], "settings": Executes(mark), "weights": {}}, tmp_path / "own.pt")
    with pytest.raises(InputError, match="not readable as a checkpoint"):
        check_fit(tmp_path / "own.pt", ANALYSIS, "a")
    assert not mark.exists()
