"""The figures: a declaration each, from which rule, files, targets, caption and cluster group follow."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["FIGURES", "Figure"]

RATE = {"false_discovery_rate": "mapping.false_discovery_rate"}


@dataclass(frozen=True)
class Figure:
    """A figure: the module that draws it, and what it is drawn from.

    The function ``figure`` of ``phonotopy.figures.<module>`` draws it from a ``Material``. Everything else bears the
    module's own name: the rule ``draw_<name>``, the caption ``report/<name>.rst`` and the files ``<name>.<format>``,
    or ``<name>.seed<seed>.<format>``.
    """

    module: str  # <room>.<name>
    stage: str  # whose category in the report it belongs to
    title: str  # in the report
    trainings: tuple[str, ...] = ()  # tables of the stage that every training has
    corpora: tuple[str, ...] = ()  # tables of the stage that the corpus has, of those that a run makes
    summaries: tuple[str, ...] = ()  # tables that are one for all; where a run makes none, it makes no figure
    settings: Mapping[str, str] = field(default_factory=dict)  # name and dotted path in config.yaml
    each_seed: bool = False  # one figure a seed, or one in all
    conditions: bool = True  # shows conditions
    geometry: bool = False  # needs layers and grids of the conditions
    inventory: bool = False  # needs the inventory of labels
    memory_mb: int = 1000
    group: str = "drawings"  # jobs that share one job of a cluster

    @property
    def name(self) -> str:
        """The name of its module, without the room."""
        return self.module.rpartition(".")[2]


FIGURES = (
    Figure(
        "maps.activation_maps",
        "mapping",
        "activation maps",
        trainings=("selectivity",),
        settings={"phones": "figures.phones"},
        each_seed=True,
        geometry=True,
        inventory=True,
        memory_mb=2000,
    ),
    Figure(
        "maps.preferred_manner",
        "mapping",
        "preferred manner",
        trainings=("preferences",),
        geometry=True,
        inventory=True,
    ),
    Figure(
        "statistics.morans_i",
        "mapping",
        "Moran's I by layer",
        trainings=("autocorrelation",),
        settings={"contiguity": "mapping.contiguity", **RATE},
        geometry=True,
    ),
    Figure(
        "maps.regions",
        "mapping",
        "regions",
        trainings=("selectivity", "regions"),
        settings={"phones": "figures.phones", **RATE},
        geometry=True,
        inventory=True,
        memory_mb=3000,
    ),
    Figure(
        "statistics.rank_against_morans_i",
        "mapping",
        "rank against Moran's I",
        summaries=("topography",),
    ),
    Figure(
        "statistics.conditions",
        "mapping",
        "differences between conditions",
        summaries=("conditions", "recognition", "topography"),
        settings=RATE,
    ),
    Figure(
        "statistics.correlogram",
        "mapping",
        "correlogram",
        trainings=("correlogram",),
        geometry=True,
    ),
    Figure(
        "maps.clusters",
        "mapping",
        "clusters",
        trainings=("clusters",),
        each_seed=True,
        geometry=True,
        inventory=True,
    ),
    Figure(
        "statistics.replication",
        "mapping",
        "replication",
        trainings=("replication",),
        settings=RATE,
        geometry=True,
    ),
    Figure(
        "statistics.organisation",
        "mapping",
        "organisation",
        trainings=("organisation",),
        settings=RATE,
        geometry=True,
    ),
    Figure(
        "maps.timing",
        "mapping",
        "timing of regions",
        trainings=("courses", "timing"),
        geometry=True,
    ),
    Figure(
        "training.learning_curves",
        "training",
        "learning curves",
        trainings=("history",),
    ),
    Figure(
        "training.error_rates",
        "training",
        "error rates",
        summaries=("recognition",),
    ),
    Figure(
        "speech.speech",
        "alignment",
        "speech",
        summaries=("speakers", "reasons"),
        conditions=False,
        group="data",
    ),
    Figure(
        "speech.durations",
        "alignment",
        "labels and durations",
        summaries=("durations",),
        conditions=False,
        inventory=True,
        group="data",
    ),
    Figure(
        "speech.boundaries",
        "alignment",
        "agreement of onsets",
        corpora=("onsets", "compared_onsets"),
        conditions=False,
        group="data",
    ),
    Figure(
        "statistics.calibration",
        "calibration",
        "calibration and power",
        summaries=("calibration", "power"),
        conditions=False,
        group="calibrations",
    ),
)
