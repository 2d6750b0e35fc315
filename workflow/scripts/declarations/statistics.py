"""All statistics, each declared once."""

from typing import Any

from declarations.kinds import Statistic

__all__ = ["STATISTICS", "table_names"]

RESPONSES = ("geometry", "placement", "responses")
CRITERIA = {"criteria": "criteria", "resampling_unit": "mapping.resampling_unit"}
PERMUTED = {"permutations": "mapping.permutations", "seed": "seed"}
SURROGATES = {"surrogates": "mapping.surrogates", "seed": "seed"}
BOOTSTRAPS = {"bootstraps": "mapping.bootstraps", "seed": "seed"}
CONTIGUITY = {"contiguity": "mapping.contiguity"}
EXAMPLES = {"phones": "examples"}
TRAININGS = {"corpus": "corpus.name", "runs": "runs"}
PERMUTING: dict[str, Any] = {"rate_s": 2.3e-7, "grows_with": "permutations"}

STATISTICS: tuple[Statistic, ...] = (
    Statistic(
        "selectivity.selectivity",
        (*RESPONSES, "tokens"),
        {**CRITERIA, **BOOTSTRAPS, "origin": "origin"},
        ("selectivity.tsv", "preferences.tsv"),
        of_units=("selectivity.tsv", "preferences.tsv"),
        inventory=True,
        group=None,
        start_s=2,
        rate_s=3e-6,
        grows_with="mapped units",
    ),
    Statistic(
        "selectivity.feature_selectivity",
        (*RESPONSES, "tokens"),
        CRITERIA,
        of_units=("feature_selectivity.tsv",),
        inventory=True,
    ),
    Statistic(
        "selectivity.label_shift",
        (*RESPONSES, "tokens", "selectivity"),
        {**CRITERIA, "shifts": "mapping.label_shifts", "seed": "seed", "origin": "origin"},
        ("label_shift.npz",),
        group="nulls",
        start_s=2,
        rate_s=1.3e-8,
        grows_with="label shifts",
    ),
    Statistic(
        "spatial.autocorrelation", ("geometry", "selectivity", "label_shift"), PERMUTED, group="nulls", **PERMUTING
    ),
    Statistic("spatial.regions", ("geometry", "selectivity", "label_shift"), PERMUTED, group="nulls", **PERMUTING),
    Statistic(
        "spatial.correlogram",
        ("geometry", "selectivity"),
        {**PERMUTED, "permutations": "mapping.surrogates"},
        **PERMUTING,
    ),
    Statistic(
        "spatial.clusters", ("geometry", "selectivity"), {**PERMUTED, "forming": "mapping.cluster_forming"}, **PERMUTING
    ),
    Statistic(
        "encoding.ladder",
        (*RESPONSES, "tokens", "selectivity", "sound"),
        {
            **CRITERIA,
            **CONTIGUITY,
            "relabellings": "mapping.relabellings",
            "permutations": "mapping.surrogates",
            "seed": "seed",
            "origin": "origin",
        },
        ("ladder.tsv", "unit_variance.tsv"),
        of_units=("unit_variance.tsv",),
        inventory=True,
        group=None,
        start_s=13,
        minutes=60,
        memory_mb=3000,
    ),
    Statistic("organisation.replication", RESPONSES, {"criteria": "criteria", **SURROGATES}),
    Statistic("organisation.organisation", (*RESPONSES, "selectivity"), SURROGATES, inventory=True, **PERMUTING),
    Statistic(
        "organisation.phone_similarity",
        (*RESPONSES, "selectivity"),
        SURROGATES,
        ("phone_similarity.tsv", "phone_trees.tsv", "phone_tree_agreement.tsv"),
        inventory=True,
    ),
    Statistic(
        "selectivity.speaker_maps",
        RESPONSES,
        {"criteria": "criteria", **EXAMPLES},
        ("speaker_maps.tsv", "speaker_agreement.tsv"),
    ),
    Statistic(
        "temporal.timing", (*RESPONSES, "tokens"), {"criteria": "criteria", **BOOTSTRAPS}, ("timing.tsv", "courses.tsv")
    ),
    Statistic("temporal.onset_maps", RESPONSES, {"criteria": "criteria", **EXAMPLES}, by_layer=True),
    Statistic("organisation.rank", RESPONSES, by_layer=True),
    Statistic("organisation.response_autocorrelation", RESPONSES, PERMUTED, by_layer=True, **PERMUTING),
    Statistic("organisation.map_quality", (*RESPONSES, "selectivity"), SURROGATES, **PERMUTING),
    Statistic(
        "spatial.join_counts",
        ("geometry", "preferences"),
        {**CONTIGUITY, **PERMUTED},
        on_request=True,
        group="nulls",
    ),
    Statistic(
        "spatial.local_morans_i",
        ("geometry", "selectivity"),
        {**CONTIGUITY, **PERMUTED},
        of_units=("local_morans_i.tsv",),
        on_request=True,
        group="nulls",
    ),
    Statistic(
        "spatial.cluster_enhancement",
        ("geometry", "selectivity"),
        PERMUTED,
        of_units=("cluster_enhancement.tsv",),
        on_request=True,
        group="nulls",
        minutes=120,
    ),
    Statistic(
        "temporal.time_clusters",
        (*RESPONSES, "selectivity"),
        {**PERMUTED, "forming": "mapping.cluster_forming"},
        on_request=True,
        group="nulls",
        minutes=120,
    ),
    Statistic(
        "comparisons.topography",
        ("geometry", "autocorrelation", "regions", "rank", "selectivity"),
        {**TRAININGS, **CONTIGUITY, "control": "reference"},
        summary=True,
        title="topography",
    ),
    Statistic(
        "comparisons.phones",
        ("geometry", "selectivity", "preferences", "autocorrelation", "regions", "ladder"),
        {**TRAININGS, **CONTIGUITY},
        summary=True,
        title="phones",
    ),
    Statistic(
        "comparisons.agreement",
        ("geometry", "selectivity"),
        {**TRAININGS, **SURROGATES},
        summary=True,
        title="agreement of seeds",
        brief=False,
        minutes=60,
    ),
    Statistic(
        "comparisons.conditions",
        ("recognition", "topography"),
        {"corpus": "corpus.name", "control": "reference", "margin": "mapping.equivalence_margin", **BOOTSTRAPS},
        summary=True,
        title="differences between conditions",
    ),
    Statistic(
        "comparisons.compared_recognition",
        ("transcripts",),
        {"corpus": "corpus.name", "runs": "recognised", "control": "reference", **BOOTSTRAPS},
        summary=True,
        title="error rates of pairs of trainings",
    ),
    Statistic(
        "comparisons.letter_confusions",
        ("transcripts",),
        {"corpus": "corpus.name", "runs": "recognised"},
        summary=True,
        title="confusions of letters",
    ),
    Statistic(
        "comparisons.maps",
        ("recognition", "topography", "agreement", "response_autocorrelation", "map_quality"),
        {**TRAININGS, "origins": "origins"},
        summary=True,
        title="maps and their price",
    ),
    Statistic(
        "comparisons.comparison",
        ("maps", "topography"),
        {
            "corpus": "corpus.name",
            "control": "reference",
            "margin": "mapping.equivalence_margin",
            "ways": "ways",
            "origins": "origins",
            **BOOTSTRAPS,
        },
        summary=True,
        title="all ways to get a map",
    ),
    Statistic(
        "comparisons.depth",
        ("topography",),
        {"corpus": "corpus.name", "seed": "seed"},
        summary=True,
        title="trends over depth",
    ),
    Statistic(
        "comparisons.claims",
        ("ladder", "topography", "agreement", "compared_recognition"),
        {
            **TRAININGS,
            "control": "reference",
            "origins": "origins",
            "rate": "mapping.false_discovery_rate",
            "seed": "seed",
        },
        summary=True,
        title="claims",
    ),
)


def table_names(*, on_request: bool = False) -> list[str]:
    """Names of the tables that each training gets, whose statistics are made in every run, or on request."""
    chosen = (one for one in STATISTICS if not one.summary and one.on_request == on_request)
    return [file.removesuffix(".tsv") for one in chosen for file in one.files if file.endswith(".tsv")]
