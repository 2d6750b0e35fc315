"""Statistics of maps: what each reads, which settings it takes, what it leaves and what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["DERIVED", "SEAM", "STATISTICS", "Statistic", "table_names"]

Driver = Literal["nothing", "mapped units", "permutations", "label shifts"]
DERIVED = ("criteria", "origin", "reference", "runs")  # what the workflow works out from several settings
SEAM = ("geometry", "placement", "tokens", "responses")  # what a condition and seed is to every statistic


@dataclass(frozen=True)
class Statistic:
    """A statistic; rule, script, module of the library and table carry its name.

    `reads` names files of the `SEAM` and outputs of other statistics. `settings` maps a parameter of the script to a
    setting by its dotted path, or to one of `DERIVED`. One job is one training, or all trainings where `summary`; a
    summary's table is for readers, and its caption lies in workflow/report. `on_request` leaves it out of the default
    run. A job takes `start_s` on one core, and `rate_s` for each unit of what its time grows with.
    """

    name: str
    reads: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()  # file names, where they are not the one table of its name
    inventory: bool = False
    summary: bool = False
    title: str = ""  # of a summary, in the report
    on_request: bool = False
    group: str = "descriptions"  # of jobs that share one job of a cluster
    threads: int = 1
    memory_mb: int = 2000
    minutes: int = 20
    start_s: float = 3.0
    rate_s: float = 0.0
    grows_with: Driver = "nothing"

    @property
    def files(self) -> tuple[str, ...]:
        """Names of its outputs."""
        return self.outputs or (f"{self.name}.tsv",)


RESPONSES = ("geometry", "placement", "responses")
CRITERIA = {"criteria": "criteria", "resampling_unit": "mapping.resampling_unit"}
PERMUTED = {"permutations": "mapping.permutations", "seed": "seed"}
SURROGATES = {"surrogates": "mapping.surrogates", "seed": "seed"}
BOOTSTRAPS = {"bootstraps": "mapping.bootstraps", "seed": "seed"}
CONTIGUITY = {"contiguity": "mapping.contiguity"}
TRAININGS = {"corpus": "corpus.name", "runs": "runs"}
PERMUTING: dict[str, Any] = {"rate_s": 2.3e-7, "grows_with": "permutations"}

STATISTICS: tuple[Statistic, ...] = (
    Statistic(
        "selectivity",
        (*RESPONSES, "tokens"),
        {**CRITERIA, **BOOTSTRAPS, "origin": "origin"},
        ("selectivity.tsv", "preferences.tsv"),
        inventory=True,
        group="statistics",
        start_s=2,
        rate_s=3e-6,
        grows_with="mapped units",
    ),
    Statistic("feature_selectivity", (*RESPONSES, "tokens"), CRITERIA, inventory=True),
    Statistic(
        "label_shift",
        (*RESPONSES, "tokens", "selectivity"),
        {**CRITERIA, "shifts": "mapping.label_shifts", "seed": "seed", "origin": "origin"},
        ("label_shift.npz",),
        group="statistics",
        threads=2,
        start_s=2,
        rate_s=1.3e-8,
        grows_with="label shifts",
    ),
    Statistic("autocorrelation", ("geometry", "selectivity", "label_shift"), PERMUTED, group="statistics", **PERMUTING),
    Statistic("regions", ("geometry", "selectivity", "label_shift"), PERMUTED, group="statistics", **PERMUTING),
    Statistic(
        "correlogram", ("geometry", "selectivity"), {**PERMUTED, "permutations": "mapping.surrogates"}, **PERMUTING
    ),
    Statistic("clusters", ("geometry", "selectivity"), {**PERMUTED, "forming": "mapping.cluster_forming"}, **PERMUTING),
    Statistic("replication", RESPONSES, {"criteria": "criteria", **SURROGATES}),
    Statistic("organisation", (*RESPONSES, "selectivity"), SURROGATES, inventory=True, **PERMUTING),
    Statistic("timing", (*RESPONSES, "tokens"), {"criteria": "criteria", **BOOTSTRAPS}, ("timing.tsv", "courses.tsv")),
    Statistic("rank", RESPONSES),
    Statistic(
        "join_counts", ("geometry", "preferences"), {**CONTIGUITY, **PERMUTED}, on_request=True, group="statistics"
    ),
    Statistic(
        "local_morans_i", ("geometry", "selectivity"), {**CONTIGUITY, **PERMUTED}, on_request=True, group="statistics"
    ),
    Statistic(
        "cluster_enhancement", ("geometry", "selectivity"), PERMUTED, on_request=True, group="statistics", minutes=120
    ),
    Statistic(
        "time_clusters",
        (*RESPONSES, "selectivity"),
        {**PERMUTED, "forming": "mapping.cluster_forming"},
        on_request=True,
        group="statistics",
        minutes=120,
    ),
    Statistic(
        "topography",
        ("geometry", "autocorrelation", "regions", "rank"),
        {**TRAININGS, **CONTIGUITY, "control": "reference"},
        summary=True,
        title="topography",
    ),
    Statistic(
        "agreement",
        ("geometry", "selectivity"),
        {**TRAININGS, **SURROGATES},
        summary=True,
        title="agreement of seeds",
        minutes=60,
    ),
    Statistic(
        "conditions",
        ("recognition", "topography"),
        {"corpus": "corpus.name", "control": "reference", "margin": "mapping.equivalence_margin", **BOOTSTRAPS},
        summary=True,
        title="differences between conditions",
    ),
    Statistic(
        "depth", ("topography",), {"corpus": "corpus.name", "seed": "seed"}, summary=True, title="trends over depth"
    ),
)


def table_names(*, on_request: bool = False) -> list[str]:
    """Names of the tables that each training gets, whose statistics are made in every run, or on request."""
    chosen = (one for one in STATISTICS if not one.summary and one.on_request == on_request)
    return [file.removesuffix(".tsv") for one in chosen for file in one.files if file.endswith(".tsv")]
