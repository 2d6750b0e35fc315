"""The first page: the question, the answer, the pictures that show it, and the way to everything else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phonotopy.comparisons.answer import QUESTION, answer, short, verdicts
from phonotopy.comparisons.claims import CLAIMS
from phonotopy.pages.exhibits import Exhibit, by_stage, chosen
from phonotopy.pages.listings import Listing
from phonotopy.pages.templates import Web

__all__ = ["Run", "front_page"]

Row = dict[str, Any]
LONGEST_HEAD = 40  # characters


@dataclass(frozen=True)
class Run:
    """What a run is about: its name, corpus, conditions, seeds, and the condition that others are compared with."""

    corpus: str
    conditions: Sequence[str]
    seeds: Sequence[int]
    reference: str | None

    @property
    def about(self) -> str:
        """The run in a sentence."""
        seeds = f"seed {self.seeds[0]}" if len(self.seeds) == 1 else f"seeds {_joined(self.seeds)}"
        conditions = f"condition {self.conditions[0]}" if len(self.conditions) == 1 else _joined(self.conditions)
        return f"Corpus {self.corpus}; {conditions}; {seeds}."


def _joined(items: Sequence[object]) -> str:
    *most, last = map(str, items)
    return f"{', '.join(most)} and {last}" if most else last


def front_page(
    web: Web,
    run: Run,
    claims: Sequence[Row],
    exhibits: Sequence[Exhibit],
    tables: Sequence[Listing],
    ways: Mapping[str, str],
) -> str:
    """The page; `ways` are titles and paths of what else a run has made to look at."""
    values = {
        **_answered(run, claims, exhibits),
        "stages": by_stage(exhibits),
        "tables": tables,
        "ways": ways,
    }
    return web.page("index.html", values)


def _answered(run: Run, claims: Sequence[Row], exhibits: Sequence[Exhibit]) -> dict[str, Any]:
    found = verdicts(claims, run.reference)
    return {
        "question": QUESTION,
        "run": run,
        "verdicts": {
            name: [one for one in found if one.condition == name]
            for name in dict.fromkeys(one.condition for one in found)
        },
        "sentences": [_headed(sentence) for sentence in answer(claims, run.reference)],
        "pictures": chosen(exhibits),
        "matrix": _matrix(claims),
        "layers": _layers(claims),
    }


def _headed(sentence: str) -> tuple[str, str]:
    """What a sentence is about, if it begins with that, and the rest of it."""
    head, colon, rest = sentence.partition(": ")
    return (f"{head}:", rest) if colon and len(head) <= LONGEST_HEAD else ("", sentence)


def _layers(claims: Sequence[Row]) -> list[int]:
    return sorted({row["layer"] for row in claims if row["layer"] is not None})


def _matrix(claims: Sequence[Row]) -> list[tuple[str, str, str, list[Row | None]]]:
    """Claim, its meaning, condition, and its row in each layer; claims that are about no layer are in the sentences."""
    rows = {(row["claim"], row["condition"], row["layer"]): row for row in claims if row["layer"] is not None}
    pairs = dict.fromkeys((claim, condition) for claim, condition, _ in rows)
    return [
        (
            claim,
            CLAIMS.get(claim, ""),
            condition,
            [_cell(rows.get((claim, condition, layer))) for layer in _layers(claims)],
        )
        for claim, condition in sorted(pairs, key=lambda pair: [*CLAIMS].index(pair[0]))
    ]


def _cell(row: Row | None) -> Row | None:
    """Effect and null of a claim in a layer, in the digits of the answer, and its verdict."""
    return row and {"effect": short(row["effect"]), "null": short(row["null"]), "holds": row["holds"]}
