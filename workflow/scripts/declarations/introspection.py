"""Ways to ask what units compute, each declared once, and what becomes of the numbers that they give to units."""

from collections.abc import Mapping
from typing import Any

from declarations.kinds import Statistic

__all__ = ["INTROSPECTION", "METHODS", "chosen"]

ASKED: Mapping[str, Any] = {"stage": "introspection", "on_request": True, "group": "introspection"}
SPEECH = ("geometry", "placement", "checkpoint", "features", "index", "intervals")
LISTENING = {"splits": "activations.splits", "compute": "compute", "layers": "introspection.layers"}
PERMUTED = {"permutations": "mapping.permutations", "seed": "seed", "contiguity": "mapping.contiguity"}

METHODS: tuple[Statistic, ...] = (  # the setting `introspection.methods` chooses some by their names
    Statistic(
        "introspection.lesions.lesions",
        (*SPEECH, "selectivity"),
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
)

MEASURED: tuple[Statistic, ...] = (
    Statistic("introspection.measure_maps", ("geometry",), PERMUTED, **ASKED),
    Statistic(
        "introspection.relations",
        ("geometry", "selectivity"),
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
