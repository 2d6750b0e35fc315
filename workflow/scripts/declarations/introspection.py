"""Ways to ask what units compute, each declared once, and what becomes of the numbers that they give to units."""

from collections.abc import Mapping
from typing import Any

from declarations.kinds import Statistic

__all__ = ["INTROSPECTION", "METHODS", "chosen"]

ASKED: Mapping[str, Any] = {"stage": "introspection", "on_request": True, "group": "introspection"}
SPEECH = ("geometry", "placement", "checkpoint", "features", "index", "intervals")
LISTENING = {"splits": "activations.splits", "compute": "compute", "layers": "introspection.layers"}
PERMUTED = {"permutations": "mapping.permutations", "seed": "seed", "contiguity": "mapping.contiguity"}

METHODS: tuple[Statistic, ...] = (
    Statistic(
        "introspection.windows.windows",
        (*SPEECH, "selectivity"),
        {**LISTENING, **PERMUTED, "windows": "introspection.windows", "bootstraps": "mapping.bootstraps"},
        (
            *("windows.tsv", "window_curves.tsv", "yoking.tsv", "window_maps.tsv", "window_rates.tsv"),
            "windows_measures.tsv",
        ),
        inventory=True,
        start_s=60.0,
        **ASKED,
    ),
    Statistic(
        "introspection.sonification.sonification",
        (*SPEECH, "utterances", "responses"),
        {
            **LISTENING,
            "criteria": "criteria",
            "sonified": "introspection.sonification.phones",
            "seed": "seed",
            "private": "report.private",
        },
        (
            "sonification.tsv",
            "sonification_summary.tsv",
            "sonification_examples.tsv",
            "sonification_measures.tsv",
            "listening.html",
            "sounds",
        ),
        inventory=True,
        start_s=45,
        **ASKED,
    ),
    Statistic(
        "introspection.acoustics.acoustics",
        (*SPEECH, "utterances"),
        {
            **LISTENING,
            **PERMUTED,
            "criteria": "criteria",
            "reach_s": "introspection.acoustics.reach_s",
            "rotations": "introspection.acoustics.rotations",
        },
        (
            "acoustics.tsv",
            "acoustic_maps.tsv",
            "acoustic_prediction.tsv",
            "contours.tsv",
            "acoustic_phones.tsv",
            "acoustics_measures.tsv",
        ),
        inventory=True,
        start_s=50.0,
        minutes=30,
        memory_mb=2000,
        **ASKED,
    ),
    Statistic(
        "introspection.attribution.attribution",
        SPEECH,
        {
            **LISTENING,
            "phones": "introspection.phones",
            "shown": "figures.phones",
            "tokens": "introspection.attribution.tokens",
            "permutations": "mapping.surrogates",
            "seed": "seed",
        },
        ("attribution.tsv", "attribution_agreement.tsv", "attribution_curves.tsv", "attribution_measures.tsv"),
        inventory=True,
        start_s=240.0,
        minutes=60,
        **ASKED,
    ),
    Statistic(
        "introspection.saliency.saliency",
        SPEECH,
        {
            **LISTENING,
            **PERMUTED,
            "criteria": "criteria",
            "phones": "introspection.phones",
            "exchanges": "introspection.saliency.exchanges",
            "surrogates": "mapping.surrogates",
        },
        (
            "saliency.tsv",
            "saliency_topography.tsv",
            "alignment_lags.tsv",
            "saliency_groups.tsv",
            "saliency_measures.tsv",
        ),
        inventory=True,
        start_s=75,
        **ASKED,
    ),
    Statistic(
        "introspection.filters.filters",
        ("geometry", "placement", "checkpoint"),
        outputs=("filters.tsv", "filters_measures.tsv", "filter_weights.tsv"),
        minutes=10,
        **ASKED,
    ),
    Statistic(
        "introspection.lesions.lesions",
        (*SPEECH, "dev_intervals", "selectivity"),
        {
            **LISTENING,
            "phones": "introspection.phones",
            "lesions": "introspection.lesions",
            "surrogates": "mapping.surrogates",
            "seed": "seed",
        },
        ("lesion_map.tsv", "lesions.tsv", "lesion_tests.tsv", "lesions_measures.tsv"),
        inventory=True,
        start_s=250,
        minutes=60,
        **ASKED,
    ),
)  # the setting `introspection.methods` chooses some by their names

MEASURED: tuple[Statistic, ...] = (
    Statistic("introspection.measure_maps", ("geometry", "measures"), PERMUTED, **ASKED),
    Statistic(
        "introspection.relations",
        ("geometry", "selectivity", "measures"),
        {"surrogates": "mapping.surrogates", "seed": "seed", "contiguity": "mapping.contiguity"},
        **ASKED,
    ),
    Statistic(
        "introspection.unit_measures",
        ("measure_maps",),
        {"corpus": "corpus.name", "runs": "listening", "without": "without recogniser"},
        summary=True,
        title="measures of units",
        **ASKED,
    ),
)
INTROSPECTION = METHODS + MEASURED


def chosen(names: list[str]) -> list[Statistic]:
    """The methods of these names, and what is made of the measures of all of them."""
    methods = [one for one in METHODS if one.name in names]
    return [*methods, *MEASURED] if methods else []
