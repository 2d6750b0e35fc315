"""Learning curves: error rate and loss on development speakers by epoch."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from phonotopy.core.tables import number
from phonotopy.figures import style
from phonotopy.figures.material import Material
from phonotopy.figures.trainings import Row, Training, TrainingTables, seeds_of

__all__ = ["COLUMNS", "draw", "figure"]

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "epoch": int,
    "ctc_loss": number,
    "dev_ctc_loss": number,
    "dev_letter_error_rate": number,
}

DASHES = ("-", (0, (4, 1.5)), (0, (1, 1)), (0, (4, 1.5, 1, 1.5)))  # by seed, again from the first after the fourth
PALE = 0.4


def figure(material: Material) -> Figure:
    """The figure of the tables of a run."""
    return draw(material.by_training("history", COLUMNS), material.conditions)


def draw(tables: TrainingTables, conditions: style.Conditions) -> Figure:
    """Draw the character error rate of development speakers, and CTC losses on them (full) and in training (pale).

    `tables` holds history.tsv of each training.
    """
    with style.styled():
        figure = style.page("double", 68, arranged=True)
        rate, loss = figure.subplots(1, 2)
        seeds = seeds_of(tables)
        for training in sorted(
            tables, key=lambda training: (conditions.names.index(training.condition), training.seed)
        ):
            look: dict[str, Any] = {
                "color": conditions.colour(training.condition),
                "linestyle": _dashes(seeds, training),
            }
            rows = sorted(tables[training], key=lambda row: int(row["epoch"]))
            _curve(rate, rows, "dev_letter_error_rate", 100.0, **look)
            _curve(loss, rows, "dev_ctc_loss", 1.0, **look)
            _curve(loss, rows, "ctc_loss", 1.0, alpha=PALE, **look)
        _label(rate, "a", "Character error rate, dev speakers (%)")
        _label(loss, "b", "CTC loss (nats a letter)")
        if not any(tables.values()):  # checkpoints or responses of one's own
            style.faint(rate, "nothing was\ntrained here")
            style.faint(loss, "nothing was\ntrained here")
        figure.legend(handles=_handles(conditions, seeds), loc="outside right upper")
        return figure


def _dashes(seeds: Sequence[int], training: Training) -> Any:
    return DASHES[list(seeds).index(training.seed) % len(DASHES)]


def _curve(axes: Axes, rows: Sequence[Row], column: str, factor: float, **look: Any) -> None:
    axes.plot([row["epoch"] for row in rows], [factor * row[column] for row in rows], **look)


def _label(axes: Axes, panel: str, label: str) -> None:
    style.letter(axes, panel)
    axes.set(xlabel="Epoch", ylabel=label)
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _handles(conditions: style.Conditions, seeds: Sequence[int]) -> list[Line2D]:
    trainings = [
        Line2D([], [], color="black", linestyle=_dashes(seeds, Training("", seed)), label=f"seed {seed}")
        for seed in seeds
    ]
    speech = [Line2D([], [], color="black", alpha=alpha, label=label) for alpha, label in ((1, "dev"), (PALE, "train"))]
    return [*conditions.handles(), *trainings, *speech]
