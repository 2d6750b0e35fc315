"""What figures declare is there: modules, captions, settings."""

from importlib import import_module
from pathlib import Path

import pytest

from declarations.figures import FIGURES
from declarations.kinds import Figure
from figure_materials import setting

ROOT = Path(__file__).parents[2]
ROOM = ROOT / "workflow" / "scripts" / "phonotopy" / "figures"
SHARED = {"introspection/__init__", "speech/__init__", "training/__init__", "maps/__init__", "statistics/__init__"}


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_a_figure_has_a_module_a_caption_and_its_settings(figure: Figure) -> None:
    assert callable(import_module(f"phonotopy.figures.{figure.module}").figure)
    assert (ROOT / "workflow" / "report" / f"{figure.name}.rst").is_file()
    assert all(setting(path) is not None for path in figure.settings.values())
    assert not figure.asked or setting(figure.asked) is False
    assert figure.trainings or figure.corpora or figure.summaries


def test_every_module_of_a_figure_is_declared_once() -> None:
    modules = {path.relative_to(ROOM).with_suffix("").as_posix() for path in ROOM.glob("*/*.py")} - SHARED
    assert sorted(figure.module.replace(".", "/") for figure in FIGURES) == sorted(modules)
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)
