"""What a declaration says: of a statistic, and of a figure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["DERIVED", "NETWORK", "SEAM", "Figure", "Statistic"]

Driver = Literal["nothing", "mapped units", "permutations", "label shifts"]
Stage = Literal["introspection", "mapping"]
# What the workflow works out from several settings.
DERIVED = (
    "compute",
    "criteria",
    "examples",
    "kernels",
    "listening",
    "origin",
    "origins",
    "recognised",
    "reference",
    "runs",
    "ways",
    "without recogniser",
)
SEAM = ("geometry", "placement", "tokens", "responses", "sound")  # what a condition and seed is to every statistic
# What introspection has beside it; intervals are those of mapped speech.
NETWORK = ("checkpoint", "features", "index", "intervals", "dev_intervals", "utterances")


@dataclass(frozen=True)
class Statistic:
    """A statistic: ``phonotopy.<module>`` computes it; rule, script and table carry the module's own name.

    `reads` names files of the `SEAM` and outputs of other statistics, in the stage ``introspection`` also those of
    the `NETWORK`, and ``measures``, those of all methods that are chosen; of a summary also ``transcripts``, those of
    all recognisers. `settings` maps a parameter of the script to a setting by its dotted path, or to one of
    `DERIVED`. One job is one training, or all trainings where `summary`; a summary's table is for readers, and its
    caption is in workflow/report. One that is made `by_layer` from responses alone needs no script of its own:
    ``layer_rows`` of its module gives the rows of a layer. `on_request` leaves it out of the default run. A job takes
    `start_s` on one core, and `rate_s` for each unit of what its time grows with.
    """

    module: str  # <room>.<name>
    reads: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()  # file names, where they are not the one table of its name
    of_units: tuple[str, ...] = ()  # those of its tables that the explorer shows: of every unit, all speakers together
    inventory: bool = False
    summary: bool = False
    by_layer: bool = False
    title: str = ""  # of a summary, in the report
    stage: Stage = "mapping"
    on_request: bool = False
    brief: bool = True  # of a summary: it takes seconds, so that no job of a cluster is made for it
    group: str | None = "descriptions"  # of jobs that share one job of a cluster; None: each has its own
    memory_mb: int = 2000
    minutes: int = 20
    start_s: float = 3.0
    rate_s: float = 0.0
    grows_with: Driver = "nothing"

    @property
    def name(self) -> str:
        """The name of its module, without the room."""
        return self.module.rpartition(".")[2]

    @property
    def script(self) -> str:
        """The script that calls its module, without suffix."""
        return "by_layer" if self.by_layer else self.name

    @property
    def files(self) -> tuple[str, ...]:
        """Names of its outputs."""
        return self.outputs or (f"{self.name}.tsv",)


@dataclass(frozen=True)
class Figure:
    """A figure: the module that makes it, and what it reads.

    The function ``figure`` of ``phonotopy.figures.<module>`` makes it from a ``Material``. Everything else bears the
    module's own name: the rule ``draw_<name>``, the caption ``report/<name>.rst`` and the files ``<name>.<format>``,
    or ``<name>.seed<seed>.<format>``.
    """

    module: str  # <room>.<name>
    stage: str  # whose category in the report it belongs to
    title: str  # in the report
    trainings: tuple[str, ...] = ()  # tables of the stage that every training has
    corpora: tuple[str, ...] = ()  # tables of the stage that the corpus has, of those that a run makes
    summaries: tuple[str, ...] = ()  # tables that are one for all; where a run makes none, it makes no figure
    settings: Mapping[str, str] = field(default_factory=dict)  # name and dotted path, or one of `DERIVED`
    each_seed: bool = False  # one figure per seed, or one in all
    conditions: bool = True  # shows conditions
    geometry: bool = False  # needs layers and grids of the conditions
    inventory: bool = False  # needs the inventory of labels
    asked: str = ""  # a setting by its dotted path; where it is false, a run makes no such figure
    fewest: int = 1  # conditions; where a run has fewer to show, it makes no such figure
    most: int = 100  # the same of more: they would not fit its page
    memory_mb: int = 1000
    group: str = "drawings"  # jobs that share one job of a cluster

    @property
    def name(self) -> str:
        """The name of its module, without the room."""
        return self.module.rpartition(".")[2]
