"""Learning curves: error rate and loss on development speakers, and loss in training, by epoch."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.legends import occurring, page_legend
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Training, TrainingTables, seeds_of

__all__ = ["COLUMNS", "draw", "figure"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "epoch": int,
    "ctc_loss": number,
    "dev_ctc_loss": number,
    "dev_letter_error_rate": number,
}

DASHES = ("-", (0, (4, 1.5)), (0, (1, 1)), (0, (4, 1.5, 1, 1.5)))  # by seed, again from the first after the fourth
PANELS = (  # columns of history.tsv, what they are on the page, and the factor from table to page
    ("dev_letter_error_rate", "Character error rate (%)", "dev speakers", 100.0),
    ("dev_ctc_loss", "CTC loss (nats per letter)", "dev speakers", 1.0),
    ("ctc_loss", "CTC loss (nats per letter)", "training, augmented", 1.0),
)


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    return draw(material.by_training("history", COLUMNS), material.conditions)


def draw(tables: TrainingTables, conditions: style.Conditions) -> Figure:
    """Draw the character error rate and CTC loss on dev speakers, and the loss in training; a line per training.

    `tables` holds history.tsv of each training.
    """
    with style.styled():
        figure = style.page("double", 64, arranged=True)
        if not any(tables.values()):  # checkpoints or responses of one's own
            style.faint(figure.subplots(), "nothing was trained here")
            return figure
        seeds = seeds_of(tables)
        for letter, axes, panel in zip("abc", figure.subplots(1, len(PANELS)), PANELS, strict=True):
            column, label, title, factor = panel
            for training in sorted(tables, key=lambda one: (conditions.names.index(one.condition), one.seed)):
                look = {"color": conditions.colour(training.condition), "linestyle": _dashes(seeds, training)}
                rows = sorted(tables[training], key=lambda row: int(row["epoch"]))
                axes.plot([row["epoch"] for row in rows], [factor * row[column] for row in rows], **look)
            axes.set(xlabel="Epoch", ylabel=label, title=title)
            axes.set_ylim(bottom=0)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            style.letter(axes, letter)
        who = occurring(figure, _handles(conditions, seeds))
        page_legend(figure, who)
        return figure


def _dashes(seeds: Sequence[int], training: Training) -> Any:
    return DASHES[list(seeds).index(training.seed) % len(DASHES)]


def _handles(conditions: style.Conditions, seeds: Sequence[int]) -> list[Line2D]:
    """Conditions by colour, and, where there are several, seeds by dashes."""
    several = len(seeds) > 1
    return [
        *conditions.handles(),
        *(
            Line2D([], [], color="black", linestyle=_dashes(seeds, Training("", seed)), label=f"seed {seed}")
            for seed in seeds
            if several
        ),
    ]
