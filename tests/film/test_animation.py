"""The animated picture: every moment shows the frame that is nearest, and the bytes are the same each time."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from film_parts import CONDITIONS, reel, showings
from phonotopy.core.errors import InputError
from phonotopy.figures.style import Conditions, styled
from phonotopy.film.animation import Animation, moments, palette, write_animation

STYLE = Conditions.of(CONDITIONS, ["plain"])


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Animation:
    folder = tmp_path_factory.mktemp("animation")
    with styled():
        return Animation(reel(folder), 1, showings(folder), STYLE, 0.25)


def test_maps_show_the_frame_whose_centre_is_nearest(film: Animation) -> None:
    for moving in film.moving:
        clock = moving.showing.layers[moving.layer].clock
        times = [clock.offset_s + clock.stride_s * frame for frame in range(len(moving.frames))]
        for time_s in (0.0, 0.123, 0.313, 0.903):
            moving.show(time_s)
            nearest = min(range(len(times)), key=lambda frame: abs(times[frame] - time_s))
            np.testing.assert_array_equal(np.asarray(moving.image.get_array()), moving.frames[nearest])


def test_the_same_film_gives_the_same_bytes(film: Animation, tmp_path: Path) -> None:
    times, delay_s = np.array([0.0, 0.2, 0.4]), 0.08
    for name in ("once", "again"):
        write_animation(tmp_path / f"{name}.gif", film.pictures(times), palette(STYLE), delay_s)
    assert (tmp_path / "once.gif").read_bytes() == (tmp_path / "again.gif").read_bytes()
    with Image.open(tmp_path / "once.gif") as picture:
        assert (picture.n_frames, picture.info["duration"], picture.info["loop"]) == (3, 80, 0)  # type: ignore[attr-defined]
        assert picture.size == (960, 540)


@pytest.mark.parametrize(
    ("step_s", "speed", "apart_s", "delay_s"),
    [(0.02, 0.25, 0.02, 0.08), (0.02, 1.0, 0.04, 0.04), (0.01, 0.5, 0.02, 0.04)],
)
def test_pictures_are_whole_steps_apart_and_slow_enough(step_s, speed, apart_s, delay_s):
    times, delay = moments(1.0, step_s, speed)
    assert np.diff(times) == pytest.approx(apart_s)
    assert delay == pytest.approx(delay_s)
    assert times[-1] < 1.0


def test_an_utterance_that_the_film_does_not_have_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"film\.animation\.utterance"):
        Animation(reel(tmp_path), 3, showings(tmp_path), STYLE, 0.25)
