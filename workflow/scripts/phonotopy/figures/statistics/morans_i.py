"""Moran's I by layer against what permuted positions and shifted labels give."""

from matplotlib.figure import Figure

from phonotopy.core.grid import Contiguity
from phonotopy.figures import nulls, style
from phonotopy.figures.grids import Layers, labels_height
from phonotopy.figures.legends import occurring, page_legend
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import TrainingTables, seeds_of

__all__ = ["draw", "figure"]


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    tables, settings = material.by_training("autocorrelation"), material.settings
    rate = settings["false_discovery_rate"]
    return draw(tables, material.layers, material.conditions, settings["contiguity"], rate)


def draw(
    tables: TrainingTables, layers: Layers, conditions: style.Conditions, contiguity: Contiguity, rate: float
) -> Figure:
    """Draw the mean over phones, a line per training, filled where q against shifted labels is under `rate`.

    Below, the number of phones that are beyond shifted labels by themselves.
    `tables` holds autocorrelation.tsv of each training.
    """
    with style.styled():
        figure = style.page("single", 116 + labels_height(layers), arranged=True)
        axes, counts = figure.subplots(2, 1, sharex=True, height_ratios=(1, 0.26))
        axes.axhline(0, color="black", linewidth=0.4, zorder=0)
        nulls.draw_by_layer(axes, tables, layers, conditions, "morans_i", rate, weights=contiguity)
        nulls.draw_counts(counts, tables, layers, conditions, "morans_i", weights=contiguity)
        axes.set(xlabel="", ylabel=f"Moran's I of d′ ({contiguity}), mean over phones")
        style.letter(axes, "a")
        style.letter(counts, "b")
        figure.align_ylabels()
        who = [*conditions.handles(), *style.seed_handles(seeds_of(tables))]
        page_legend(figure, who)
        figure.legend(handles=occurring(figure, nulls.handles(rate)), loc="outside lower left", ncols=1)
        return figure
