"""Fabricated runs as figures take them, and what holds for every figure."""

from importlib import import_module
from itertools import combinations
from time import process_time

from matplotlib.text import Text

from declarations.figures import FIGURES
from figure_materials import clusters as written_clusters
from figure_materials import material
from figure_tables import Fabricated
from phonotopy.core.grid import Grid
from phonotopy.figures import style
from phonotopy.figures.grids import Layer
from phonotopy.figures.maps.clusters import COLUMNS
from phonotopy.figures.trainings import Training

STRIDE_S = 0.02
LONGEST_S = 20.0  # that a figure may take: twice 10 s, since cores differ by as much
PHONES = ("P", "S", "SH", "ZH", "M", "L", "IY")
SQUARES = Fabricated(grids=(Grid(8, 8), Grid(8, 8)), phones=PHONES)
CASES = {
    "two seeds": SQUARES,
    "one seed, ten layers, oblong": Fabricated(grids=(Grid(4, 4),) * 8 + (Grid(8, 16),) * 2, seeds=(3,), phones=PHONES),
    "three conditions and seeds, torus": Fabricated(
        grids=(Grid(4, 4, torus=True), Grid(4, 8, torus=True)),
        conditions=("plain", "kernel", "filters"),
        seeds=(0, 1, 7),
        phones=PHONES,
    ),
    "unlike depths, grids and fields": Fabricated(
        grids=(Grid(4, 4), Grid(8, 8)), unlike=(("topographic", (Grid(8, 16),) * 5),), phones=PHONES
    ),
    "unlike depths alone": Fabricated(
        grids=(Grid(8, 8),) * 3,
        conditions=("control", "topographic", "shallow"),
        seeds=(0,),
        unlike=(("shallow", (Grid(8, 8),)),),
        fields=(("shallow", 0.12),),
        phones=PHONES,
    ),
    "three unlike conditions": Fabricated(
        grids=(Grid(4, 4),),
        conditions=("control", "shuffled", "of_others"),
        unlike=(("of_others", (Grid(8, 16),) * 7),),
        phones=PHONES,
    ),
}


def layers(tables):
    order = styles(tables).names
    return {
        name: tuple(
            Layer(n, grid, tables.field_s(name, n), STRIDE_S) for n, grid in enumerate(tables.grids_of(name), start=1)
        )
        for name in order
    }


def styles(tables):
    return style.Conditions.of(tables.conditions, tables.conditions[:1])


def clusters_of(tables, condition, seed):
    """Clusters as figures read them."""
    read = COLUMNS["positions"]
    return [row | {"positions": read(row["positions"])} for row in written_clusters(tables, condition, seed)]


def by_training(tables, make):
    return {Training(condition, seed): make(tables, condition, seed) for condition, seed in tables.trainings}


def drawings(tables, folder):
    """Every figure that is declared, of the fabricated run, as the workflow makes it, from tables in the folder."""
    found = {}
    for figure in (one for one in FIGURES if one.conditions or tables is SQUARES):
        own = {"phones": PHONES} if "phones" in figure.settings else {}
        read = material(figure, tables, folder, **own)
        begun = process_time()
        found[figure.name] = import_module(f"phonotopy.figures.{figure.module}").figure(read)
        taken = process_time() - begun
        assert taken < LONGEST_S, f"{figure.name} takes {taken:.1f} s of a core"
    return found


def visible_texts(figure):
    """All texts that are visible: labels of ticks beyond the limits of an axis are not."""
    figure.draw_without_rendering()
    hidden = set()
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        beyond = [tick for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high]
        hidden |= {label for tick in beyond for label in (tick.label1, tick.label2)}
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text not in hidden]
    return [text for text in texts if text.get_text().strip()]


def test_figures_have_a_column_width_and_a_page_height(every_figure):
    for name, figure in every_figure.items():
        width, height = figure.get_size_inches() * 25.4
        assert round(width, 6) in {85, 180}, name
        assert height <= 247, name


def test_texts_are_legible_within_the_page_and_apart(every_figure):
    for name, figure in every_figure.items():
        texts, page = visible_texts(figure), figure.bbox
        boxes = [(text, text.get_window_extent()) for text in texts]
        for text, box in boxes:
            assert text.get_fontsize() >= 6.5, (name, text)
            assert page.x0 <= box.x0 and box.x1 <= page.x1, (name, text)
            assert page.y0 <= box.y0 and box.y1 <= page.y1, (name, text)
        for (one, box), (two, other) in combinations(boxes, 2):
            assert not box.padded(-1).overlaps(other.padded(-1)), (name, one, two)


def test_every_axis_with_ticks_says_what_it_shows(every_figure):
    for name, figure in every_figure.items():
        for axes in figure.axes:
            for axis in (axes.xaxis, axes.yaxis):
                ticks = [text for text in axis.get_ticklabels() if text.get_text()]
                assert not ticks or labels(figure, axes, axis), name


def labels(figure, axes, axis):
    """Labels of the axis, of axes that share it, and of the whole figure."""
    across = axis is axes.xaxis
    shared = (axes.get_shared_x_axes() if across else axes.get_shared_y_axes()).get_siblings(axes)
    own = [(other.get_xlabel() if across else other.get_ylabel()) for other in shared]
    return "".join([*own, figure.get_supxlabel() if across else figure.get_supylabel()])
