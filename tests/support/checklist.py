"""What a journal asks of every figure, as tests over `every_figure`; messages name the figure and what is wrong."""

from itertools import combinations

from matplotlib.colors import to_rgb
from matplotlib.text import Text

from phonotopy.figures.legends import BLACK, Mark, drawn_marks, key_of, stands_for
from phonotopy.figures.palette import COLOUR_MAPS, FAINT

__all__ = [
    "legends_of",
    "test_axes_show_something_or_say_why_not",
    "test_colours_that_carry_values_have_a_labelled_bar_and_a_declared_map",
    "test_legends_list_what_is_drawn_and_nothing_else",
    "test_logarithmic_axes_are_labelled_and_have_numbers",
]

SWATCH_MM, NEAR_MM = (
    4.0,
    9.0,
)  # the largest square that explains a colour; from a colour bar to the text that is its label


def mapped_images(axes):
    """Images and collections whose colours stand for numbers."""
    images = [image for image in axes.images if image.get_array().ndim == 2]
    valued = (one for one in axes.collections if one.get_array() is not None)
    return [*images, *(one for one in valued if getattr(one, "colors", None) is None)]  # contour lines of one colour


def is_bar(axes):
    """Whether axes are a colour bar: matplotlib's own, or a ramp."""
    ramp = [image for image in mapped_images(axes) if image.get_array().shape[0] == 1]
    return hasattr(axes, "_colorbar") or bool(ramp)


def colours_of(axes):
    """Names of the colour maps of axes; of a colour bar, of what it explains."""
    if hasattr(axes, "_colorbar"):
        return {axes._colorbar.mappable.cmap.name}
    return {image.cmap.name for image in mapped_images(axes)}


def labelled(figure, axes):
    """Whether a colour bar has a label, or a text close by."""
    if axes.get_xlabel().strip() or axes.get_ylabel().strip() or axes.get_title().strip():
        return True
    near = NEAR_MM / 25.4 * figure.dpi
    box = axes.get_window_extent().padded(near)
    return any(box.overlaps(text.get_window_extent()) for text in figure.texts)


def test_colours_that_carry_values_have_a_labelled_bar_and_a_declared_map(every_figure):
    for name, figure in every_figure.items():
        bars = [axes for axes in figure.axes if is_bar(axes)]
        explained = {colours for axes in bars for colours in colours_of(axes)}
        for axes in figure.axes:
            undeclared = colours_of(axes) - COLOUR_MAPS
            assert not undeclared, f"{name}: colour maps {undeclared} are not in palette.COLOUR_MAPS"
            missing = colours_of(axes) - explained
            assert not missing, f"{name}: colours of {missing} carry a value, and no colour bar explains them"
        for axes in bars:
            assert labelled(figure, axes), f"{name}: a colour bar ({colours_of(axes)}) has no label with its unit"


def legends_of(figure):
    """Legends of the figure, of its parts and of its axes."""
    own = [*figure.legends, *(legend for part in figure.subfigs for legend in legends_of(part))]
    axes = figure.axes if not hasattr(figure, "_parent") else []
    return [*own, *(one.get_legend() for one in axes if one.get_legend())]


def entries(figure):
    """Label and mark of every legend entry that shows a mark; characters that are marks are texts of the page."""
    found = []
    for legend in legends_of(figure):
        for handle, text in zip(legend.legend_handles, legend.get_texts(), strict=True):
            key = key_of(handle)
            blank = (key.patch and key.fill == "bare" and not handle.get_linewidth()) or (
                not key.patch and not key.marker and not key.dashes
            )
            if not blank and not key.marker.startswith("Path"):
                found.append((text.get_text(), key, handle))
    return found


def grey(colour):
    return max(colour) - min(colour) < 0.02


def test_legends_list_what_is_drawn_and_nothing_else(every_figure):
    for name, figure in every_figure.items():
        keys, drawn = entries(figure), drawn_marks(figure)
        for text, key, _ in keys:
            assert any(stands_for(key, mark) for mark in drawn), f"{name}: legend entry {text!r} explains nothing drawn"
        for (one, first, handle), (two, second, other) in combinations(keys, 2):
            alike = first == second and look(handle) == look(other)
            assert not alike, f"{name}: legend entries {one!r} and {two!r} have the same key"
        _colours(name, figure, {key.colour for _, key, _ in keys}, drawn)
        _markers(name, [key for _, key, _ in keys], drawn)
        nulls = [mark for mark in drawn if mark.patch and mark.fill == "full" and mark.colour == to_rgb(FAINT)]
        faint = any(key.patch and key.colour == to_rgb(FAINT) for _, key, _ in keys)
        assert not nulls or faint, f"{name}: grey bands of nulls are drawn and not in the legend"


def look(handle):
    """What of a key is not in its mark: width, size and opacity."""
    size = handle.get_markersize() if hasattr(handle, "get_markersize") else 0
    face = handle.get_markerfacecolor() if hasattr(handle, "get_markerfacecolor") else handle.get_facecolor()
    return handle.get_linewidth(), size, handle.get_alpha(), str(face)


def _colours(name, figure, explained, drawn):
    """Every colour is in the legend, or that of a text, or of an image with a bar; greys are explained by captions."""
    written = {to_rgb(text.get_color()) for text in figure.findobj(Text) if text.get_text().strip()}
    for mark in drawn:
        known = grey(mark.colour) or mark.colour in explained | written
        assert known, f"{name}: colour {mark.colour} of {mark} is in no legend, and no text has it"


def _markers(name, keys: list[Mark], drawn: set[Mark]):
    """Every marker is in the legend, and so is what full and hollow mean where a colour has both."""
    shown = {mark for mark in drawn if mark.marker}
    for mark in shown:
        known = any(stands_for(key, mark) for key in keys if key.marker)
        assert known, f"{name}: marker {mark.marker!r} is drawn and not in the legend"
    for colour in {mark.colour for mark in shown}:
        fills = {mark.fill for mark in shown if mark.colour == colour}
        black = {key.fill for key in keys if key.marker and key.colour == BLACK}
        if {"full", "hollow"} <= fills:
            assert {"full", "hollow"} <= black, f"{name}: the legend does not say what full and hollow markers mean"


def test_axes_show_something_or_say_why_not(every_figure):
    for name, figure in every_figure.items():
        for axes in figure.axes:
            box = axes.get_window_extent()
            if not axes.get_visible() or not axes.axison or max(box.width, box.height) / figure.dpi * 25.4 < SWATCH_MM:
                continue
            lines = [line for line in axes.lines if len(line.get_xdata()) and line.get_transform() == axes.transData]
            data = [*axes.images, *lines, *axes.collections, *axes.patches]
            said = [text for text in axes.texts if text.get_text().strip()]
            place = axes.get_title() or axes.get_ylabel() or axes.get_title(loc="left") or str(axes.get_position())
            assert data or said, f"{name}: axes {place!r} are empty"


def shown(axis):
    """Numbers of major ticks, and where they are; none where they are hidden."""
    places = axis.get_majorticklocs()
    visible = axis.get_tick_params().get("labelbottom", axis.get_tick_params().get("labelleft", True))
    return zip(axis.get_major_formatter().format_ticks(places), places, strict=True) if visible else ()


def test_logarithmic_axes_are_labelled_and_have_numbers(every_figure):
    for name, figure in every_figure.items():
        for axes in figure.axes:
            for axis, across in ((axes.xaxis, True), (axes.yaxis, False)):
                if axis.get_scale() not in ("log", "symlog") or not axes.get_visible() or hasattr(axes, "_colorbar"):
                    continue
                low, high = sorted(axis.get_view_interval())
                shared = (axes.get_shared_x_axes() if across else axes.get_shared_y_axes()).get_siblings(axes)
                numbers = [
                    text
                    for one in (other.xaxis if across else other.yaxis for other in shared)
                    for text, place in shown(one)
                    if low <= place <= high
                ]
                assert sum(map(bool, numbers)) >= 2, f"{name}: a logarithmic axis has fewer than two numbers"
                own = " ".join(one.get_xlabel() if across else one.get_ylabel() for one in shared)
                assert "log" in own, f"{name}: axis {own!r} does not say that it is logarithmic"
