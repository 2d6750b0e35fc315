"""The film of one utterance as an animated picture for slides: slowed down, since it has no sound."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.text import Text
from numpy.typing import NDArray
from PIL import Image

from phonotopy.core.errors import InputError
from phonotopy.core.files import replacing
from phonotopy.figures.style import Conditions, plain, styled
from phonotopy.film.payload import RESPONSES, Showing, gradient
from phonotopy.film.reel import STEPS, Phone, Reel, Take

__all__ = ["Animation", "moments", "palette", "write_animation"]

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
WIDTH, HEIGHT, DPI = 10.0, 5.625, 96  # inches: the shape of a slide
LEFT, RIGHT, TOP = 1.15, 0.15, 0.35  # inches of margins
PICTURE, TIER, AXIS, HEADING, SCALE = 0.85, 0.22, 0.3, 0.27, 0.45  # inches of height
GAP = 0.15
POINTS, LETTER = 72, 0.62  # of an inch; widths of a letter, of its height
TEXT, SMALL = 10.0, 8.0  # points
LONGEST = 13  # letters of a name of a condition that is in the margin in full size
TITLE = 90  # letters of what is said above the pictures
GREYS = 96  # of the palette, beside half of the colours of responses and those of conditions
CURSOR = "#b34700"
LEAST_DELAY_S = 0.04  # between pictures; viewers slow down what is faster
TICK_S = 0.01  # the unit of delays in a GIF


def moments(shot_s: float, step_s: float, speed: float) -> tuple[Floats, float]:
    """Times of pictures, and the delay between them, both in seconds: a multiple of a step, as fast as can be shown."""
    steps = max(1, int(np.ceil(LEAST_DELAY_S * speed / step_s - 1e-9)))
    delay_s = round(steps * step_s / speed / TICK_S) * TICK_S
    return np.arange(0.0, shot_s, steps * step_s), delay_s


@dataclass(frozen=True)
class Moving:
    """A map that moves: its image, the frames ``(frames, rows, columns)`` of its layer, and when they are."""

    image: AxesImage
    frames: Bytes
    showing: Showing
    layer: int

    def show(self, time_s: float) -> None:
        """Take on the frame whose centre is nearest."""
        nearest = self.showing.layers[self.layer].clock.nearest(np.array(time_s))
        self.image.set_data(self.frames[int(np.clip(nearest, 0, len(self.frames) - 1))])


class Animation:
    """One utterance, and the maps of all conditions of one seed; what moves is put over what does not."""

    def __init__(self, reel: Reel, number: int, showings: Sequence[Showing], style: Conditions, speed: float) -> None:
        if not 1 <= number <= len(reel.shots):
            expected = f"from 1 to {len(reel.shots)}, the utterances of the film"
            raise InputError("film.animation.utterance", str(number), expected, "correct the setting")
        self.reel, self.shot, self.style, self.speed = reel, reel.shots[number - 1], style, speed
        self.showings = sorted(showings, key=lambda one: style.names.index(one.condition))
        self.takes = [reel.takes[one.origin, one.seed][number - 1] for one in self.showings]
        self.figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor="white")
        self.canvas = FigureCanvasAgg(self.figure)
        self.moving: list[Moving] = []
        self.spelled: list[tuple[Text, Take]] = []
        self.cursors: list[Artist] = []
        self._draw_speech()
        self._draw_maps()
        corner = (1 - RIGHT / WIDTH, 1 - 0.1 / HEIGHT)
        self.clock = self.figure.text(*corner, "", ha="right", va="top", fontsize=TEXT, animated=True)

    @property
    def duration_s(self) -> float:
        """Of the utterance."""
        return len(self.shot.samples) / self.reel.sample_rate_hz

    @property
    def step_s(self) -> float:
        """The shortest stride of all layers."""
        return min(layer.clock.stride_s for one in self.showings for layer in one.layers.values())

    def _axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes at a position in inches from the upper left corner."""
        return self.figure.add_axes((left / WIDTH, 1 - (top + height) / HEIGHT, width / WIDTH, height / HEIGHT))

    def _note(self, left: float, top: float, text: str, **style: Any) -> Text:
        where = (left / WIDTH, 1 - top / HEIGHT)
        return self.figure.text(*where, text, **{"fontsize": TEXT, "va": "top", **style})

    def _draw_speech(self) -> None:
        """Spectrogram, words and phones over one axis of time."""
        kind = f" ({self.shot.kind})" if self.shot.kind else ""
        self._note(LEFT, 0.1, shorten(f"{self.shot.speaker}{kind}: {self.shot.transcript}", TITLE, placeholder=" …"))
        width = WIDTH - LEFT - RIGHT
        picture = self._axes(LEFT, TOP, width, PICTURE)
        hop, frames = self.reel.hop_s, len(self.shot.picture)
        sides = (-hop / 2, (frames - 0.5) * hop, 0, 1)
        grey: Any = {"cmap": "Greys", "vmin": 0, "vmax": STEPS, "aspect": "auto", "origin": "lower"}
        picture.imshow(self.shot.picture.T, extent=sides, **grey)
        plain(picture)
        words = _stretches(self.shot.phones)
        phones = [(one.onset_s, one.offset_s, one.label) for one in self.shot.phones]
        for number, (name, stretches) in enumerate((("words", words), ("phones", phones))):
            tier = self._axes(LEFT, TOP + PICTURE + TIER * number, width, TIER)
            _draw_tier(tier, stretches, self.duration_s)
            middle = TOP + PICTURE + TIER * (number + 0.5)
            self._note(LEFT - 0.06, middle, name, ha="right", va="center", fontsize=SMALL)
        self._note(LEFT - 0.06, TOP + PICTURE / 2, "spectrogram", ha="right", va="center", fontsize=SMALL)
        for axes in self.figure.axes:
            axes.set_xlim(0, self.duration_s)
            self.cursors.append(axes.axvline(0, color=CURSOR, linewidth=1.5, animated=True))

    def _draw_maps(self) -> None:
        """A row of maps for each condition, and the scales of layers beneath."""
        layers = len(self.reel.full)
        top = TOP + PICTURE + 2 * TIER + 0.12
        room = (HEIGHT - top - SCALE) / len(self.showings) - HEADING
        side = min(room, (WIDTH - LEFT - RIGHT - GAP * (layers - 1)) / layers)
        pitch = side + max(GAP, min(0.5, (WIDTH - LEFT - RIGHT - side * layers) / max(layers - 1, 1)))
        for number, (showing, take) in enumerate(zip(self.showings, self.takes, strict=True)):
            above = top + number * (side + HEADING)
            colour = self.style.colour(showing.condition)
            size = TEXT * min(1.0, LONGEST / len(showing.condition))
            style = {"color": colour, "weight": "bold", "ha": "right", "fontsize": size}
            self._note(LEFT - 0.06, above + 0.04, showing.condition, **style)
            self.spelled.append((self._note(LEFT, above + 0.04, "", animated=True), take))
            for layer in showing.layers:
                axes = self._axes(LEFT + (layer - 1) * pitch, above + HEADING, side, side)
                self.moving.append(_moving(axes, showing, layer, take))
        bottom = top + len(self.showings) * (side + HEADING) + 0.06
        for layer, full in self.reel.full.items():
            self._draw_scale(self._axes(LEFT + (layer - 1) * pitch, bottom, side, 0.08), layer, full)
        self._note(LEFT - 0.06, bottom, "response\n(no unit)", ha="right", fontsize=SMALL, linespacing=1.0)

    def _draw_scale(self, axes: Axes, layer: int, full: float) -> None:
        axes.imshow(np.arange(STEPS + 1)[None], cmap=RESPONSES, aspect="auto", extent=(0, 1, 0, 1))
        plain(axes)
        texts = {"left": (0.0, "0"), "center": (0.5, f"layer {layer}"), "right": (1.0, f"≥ {full:.2g}")}
        for side, (where, text) in texts.items():
            axes.text(where, -0.3, text, transform=axes.transAxes, fontsize=SMALL, va="top", ha=side)

    def pictures(self, times_s: Floats) -> Iterator[Bytes]:
        """The picture ``(height, width, 3)`` at each time."""
        with styled():
            canvas: Any = self.canvas  # without types
            canvas.draw()
            ground = canvas.copy_from_bbox(self.figure.bbox)
            for time_s in times_s:
                canvas.restore_region(ground)
                for artist in self._at(float(time_s)):
                    self.figure.draw_artist(artist)
                yield np.asarray(canvas.buffer_rgba())[..., :3].copy()

    def _at(self, time_s: float) -> Iterator[Artist]:
        """What moves, as it is at a time."""
        for moving in self.moving:
            moving.show(time_s)
            yield moving.image
        for text, take in self.spelled:
            text.set_text("".join(letter for letter, at_s in take.letters if at_s <= time_s))
            yield text
        for cursor in self.cursors:
            cursor.set_xdata([time_s, time_s])  # type: ignore[attr-defined]  # a line
            yield cursor
        self.clock.set_text(f"{time_s:.2f} s, {self.speed:g} of its speed")
        yield self.clock


def _moving(axes: Axes, showing: Showing, layer: int, take: Take) -> Moving:
    grid = showing.layers[layer].grid
    frames = take.responses[layer - 1][:, showing.units[layer]].reshape(-1, grid.rows, grid.columns)
    image = axes.imshow(frames[0], cmap=RESPONSES, vmin=0, vmax=STEPS, interpolation="nearest", animated=True)
    plain(axes)
    return Moving(image, frames, showing, layer)


def _stretches(phones: Sequence[Phone]) -> list[tuple[float, float, str]]:
    """Words, from successive phones of one word."""
    found: list[tuple[float, float, str]] = []
    for one in phones:
        if one.word and found and found[-1][1:] == (one.onset_s, one.word):
            found[-1] = (found[-1][0], one.offset_s, one.word)
        elif one.word:
            found.append((one.onset_s, one.offset_s, one.word))
    return found


def _draw_tier(axes: Axes, stretches: Sequence[tuple[float, float, str]], duration_s: float) -> None:
    plain(axes)
    axes.set(xlim=(0, duration_s), ylim=(0, 1))
    for onset_s, offset_s, text in stretches:
        axes.axvspan(onset_s, offset_s, facecolor="#eef0f3", edgecolor="white", linewidth=1)
        room = (offset_s - onset_s) / duration_s * (WIDTH - LEFT - RIGHT) * POINTS
        if room > LETTER * SMALL * len(text):
            axes.text((onset_s + offset_s) / 2, 0.46, text, ha="center", va="center", fontsize=SMALL)


def palette(style: Conditions) -> Image.Image:
    """The colours of all pictures: responses, greys, and those of conditions and of the cursor."""
    greys = np.repeat(np.linspace(0, STEPS, GREYS, dtype=np.uint8)[:, None], 3, axis=1)
    others = [to_rgb(colour) for colour in (CURSOR, *map(style.colour, style.names))]
    blends = [share * np.array(one) + 1 - share for one in others for share in (1.0, 0.75, 0.5, 0.25)]
    several = np.concatenate([gradient()[::2], greys, np.rint(np.array(blends) * STEPS).astype(np.uint8)])[:256]
    found = Image.new("P", (1, 1))
    found.putpalette(several.tobytes())
    return found


def write_animation(path: str | Path, pictures: Iterable[Bytes], colours: Image.Image, delay_s: float) -> None:
    """Write a GIF that repeats, in the colours of a palette; the same pictures give the same bytes."""
    first, *others = [Image.fromarray(one).quantize(palette=colours, dither=Image.Dither.NONE) for one in pictures]
    with replacing(path) as part:
        first.save(part, save_all=True, append_images=others, duration=round(1000 * delay_s), loop=0)
