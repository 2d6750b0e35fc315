"""The answer in a few sentences, every number of which is in the table of claims."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phonotopy.comparisons.beyond_layouts import CLAIM as BEYOND_LAYOUTS
from phonotopy.comparisons.conditions import ENOUGH
from phonotopy.core.tables import integer, number, read_table

__all__ = ["QUESTION", "Verdict", "answer", "read_claims", "short", "verdicts"]

Row = dict[str, Any]
QUESTION = (
    "If the units of a layer are arranged on a grid and neighbours are made alike, do phoneme-responsive units gather "
    "in certain regions, and is that more than the sound of the phonemes?"
)
RUNGS = {  # what neighbours may have in common, by claim
    "sound": "sound",
    "speech": "phones",
    "beyond manner": "phones beyond manner",
    "beyond clusters": "more than clusters of sound",
    "beyond sound": "phones beyond sound",
}
MINUS = "−"


@dataclass(frozen=True)
class Verdict:
    """What a run says of a condition on one part of the question: in a word or two, and in numbers."""

    condition: str
    question: str
    short: str
    numbers: str


def read_claims(path: str | Path) -> list[Row]:
    """Rows of ``claims.tsv``."""
    counts = {"layer": integer, "phones": integer, "of_phones": integer}
    return read_table(path, {**counts, **dict.fromkeys(("effect", "null", "p", "q"), number)})


def answer(rows: Sequence[Row], reference: str | None) -> list[str]:
    """Sentences about every condition but the `reference`, which is named beside it; about all where there is none.

    Layouts of the reference stand beside it, too.
    """
    return [
        sentence
        for name in _answering(rows, reference)
        for sentence in _sentences(rows, name, reference if name != reference else None)
    ]


def verdicts(rows: Sequence[Row], reference: str | None) -> list[Verdict]:
    """The parts of the question with their answers, for the conditions that `answer` is about."""
    return [
        Verdict(name, *part)
        for name in _answering(rows, reference)
        for part in _parts(rows, name, reference if name != reference else None)
    ]


def _answering(rows: Sequence[Row], reference: str | None) -> list[str]:
    """Conditions that are asked about."""
    conditions = dict.fromkeys(row["condition"] for row in rows)
    beside_layouts = [name for name in conditions if _rows_of(rows, BEYOND_LAYOUTS, name)]
    return beside_layouts or [name for name in conditions if name != reference] or [*conditions]


def _rows_of(rows: Sequence[Row], claim: str, condition: str) -> list[Row]:
    """Rows of a claim, layer by layer."""
    found = [row for row in rows if row["claim"] == claim and row["condition"] == condition]
    return sorted(found, key=lambda row: row["layer"] or 0)


def _parts(rows: Sequence[Row], condition: str, reference: str | None) -> Iterator[tuple[str, str, str]]:
    """Question, short answer and numbers: of regions, of what is beyond the sound, of the price."""
    regions, beyond, order, rank = (
        _rows_of(rows, claim, condition) for claim in ("regions", "beyond sound", "order", "rank")
    )
    yield (
        "Do units that respond to a phone gather in regions?",
        _outcome(regions),
        f"The largest region of a phone has {_range(regions, 'effect')} units, mean over phones, by layer; "
        f"{_range(regions, 'null')} if labels are shifted against the sound.",
    )
    if beyond:
        yield (
            "Is that more than the sound of the phones?",
            _outcome(beyond, f"; {_largest(beyond)} of the variance at most"),
            f"Neighbouring units share {_range(order, 'effect')} of their variance. Of it, phones explain "
            f"{_range(beyond, 'effect')} beyond what their sound predicts.",
        )
    layouts = _rows_of(rows, BEYOND_LAYOUTS, condition)
    if layouts:
        yield (
            f"Would {reference} do, laid out after its training?",
            _sufficient(layouts),
            f"Its units, laid out, have a Moran's I of d′ of {_range(layouts, 'null')} by layer, at no price; "
            f"{condition} has {_range(layouts, 'effect')} more.",
        )
    errors = [row for claim in ("character errors", "word errors") for row in _rows_of(rows, claim, condition)]
    if reference and errors:
        price = ", ".join(f"{row['claim']} {_signed(100 * row['effect'])} points" for row in errors)
        copies = (
            f" Its responses have {_range(rank, 'effect')} times the effective rank of {reference}'s." if rank else ""
        )
        shown = [row for row in errors if row["holds"] == "yes"]
        short = " and ".join(f"More {row['claim']}" if row is shown[0] else row["claim"] for row in shown)
        yield (
            f"What does it cost, against {reference}?",
            short or "No more errors are shown",
            f"{_capital(price)}.{copies}",
        )


def _outcome(rows: Sequence[Row], size: str = "") -> str:
    """A claim in the words of an answer, with the size of what holds."""
    held = [row for row in rows if row["holds"] == "yes"]
    if held:
        return f"Yes, {_holding(rows)}{size}" if len(held) == len(rows) else f"{_capital(_holding(rows))}{size}"
    return _capital(_holding(rows)) if _holding(rows) == "not testable" else "No, in no layer"


def _sufficient(rows: Sequence[Row]) -> str:
    """Where a layout is not shown to be less than the map that was learned."""
    holding = _holding(rows)
    if holding == "not testable":
        return _capital(_shown(rows))
    left = [str(row["layer"]) for row in rows if row["holds"] != "yes"]
    if not left:
        return "No, in no layer"
    return (
        "Perhaps, in all layers"
        if holding == "in no layer"
        else f"At most in layer{'s'[: len(left) > 1]} {', '.join(left)}"
    )


def _tested(rows: Sequence[Row]) -> str:
    """Where a comparison of seeds holds, or that it cannot be tested."""
    holding = _holding(rows)
    return holding if holding == "not testable" else f"holds {holding}"


def _shown(rows: Sequence[Row]) -> str:
    """The same, and how many seeds are too few."""
    few = f", {len(rows[0]['seeds'].split())} of {ENOUGH} seeds" if _holding(rows) == "not testable" else ""
    return f"{_tested(rows)}{few}"


def _largest(rows: Sequence[Row]) -> str:
    """The greatest effect of a claim over layers."""
    return short(max((row["effect"] for row in rows), default=math.nan))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _range(rows: Sequence[Row], column: str) -> str:
    """The least and the greatest value over layers."""
    values = [row[column] for row in rows if math.isfinite(row[column])]
    ends = [short(min(values)), short(max(values))] if values else ["–"]
    return " to ".join(dict.fromkeys(ends))


def _sentences(rows: Sequence[Row], condition: str, reference: str | None) -> Iterator[str]:
    """Verdicts; order; sound and phones; clusters; phones beyond sound; maps and regions; layouts; price, agreement."""

    def of(claim: str, name: str = condition) -> list[Row]:
        return _rows_of(rows, claim, name)

    layouts = of(BEYOND_LAYOUTS)
    if of("order"):
        beyond = f"; maps smoother than any layout of {reference}: {_shown(layouts)}" if layouts else ""
        yield f"In short: neighbours share {_verdicts(of)}{beyond}."
    seeds = ", ".join(dict.fromkeys(row["seeds"] for row in of("order") or of("smooth maps")))
    beside = f"; {reference}: {_holding(of('order', reference))}" if reference and of("order", reference) else ""
    if of("order"):
        yield (
            f"Order ({condition}, seeds {seeds}): neighbouring units share {_values(of('order'), 'effect')} of their "
            f"variance, {_values(of('order'), 'null')} at permuted positions (holds {_holding(of('order'))}{beside})."
        )
        yield (
            f"Sound: of this, the sound predicts {_values(of('sound'), 'effect')}, and phones account for "
            f"{_values(of('speech'), 'effect')} (holds {_holding(of('speech'))}; {_counted(of('speech'))})."
        )
        yield (
            f"Clusters of sound, as many and as large as the phones, account for "
            f"{_values(of('beyond clusters'), 'null')}; phones for more {_holding(of('beyond clusters'))}."
        )
        yield (
            f"Beyond sound, phones add {_values(of('beyond sound'), 'effect')}: more than chance and a random network "
            f"{_holding(of('beyond sound'))} (q {_values(of('beyond sound'), 'q')}; {_counted(of('beyond sound'))})."
        )
    smooth, regions = of("smooth maps"), of("regions")
    yield (
        f"Maps: Moran's I of d′ is {_values(smooth, 'effect')}, under shifted labels {_values(smooth, 'null')} "
        f"(holds {_holding(smooth)}; {_counted(smooth)}); largest regions have {_values(regions, 'effect')} units, "
        f"under shifted labels {_values(regions, 'null')} (holds {_holding(regions)})."
    )
    if layouts:
        yield (
            f"Layouts: units of {reference}, laid out after its training at no price, reach "
            f"{_values(layouts, 'null')}; {condition} has {_values(layouts, 'effect')} more ({_tested(layouts)})."
        )
    yield from _price(of, reference)


def _verdicts(of: Callable[[str], list[Row]]) -> str:
    """In which layers the rungs hold, that of any order apart, and how small the last one is."""
    found = ", ".join(f"{words} {_holding(of(claim))}" for claim, words in RUNGS.items())
    return f"{found} (at most {_largest(of('beyond sound'))} of variance)"


def _price(of: Callable[[str], list[Row]], reference: str | None) -> Iterator[str]:
    """What it costs, and whether it comes again; as far as there is a reference, and a second seed."""
    parts = []
    errors = [row for claim in ("character errors", "word errors") for row in of(claim)]
    if reference and errors:
        points = [f"{row['claim']} {_signed(100 * row['effect'])} points ({_verdict(row)})" for row in errors]
        parts.append(f"against {reference}, over test speakers: {', '.join(points)}")
    if reference and of("rank"):
        parts.append(f"effective rank {_values(of('rank'), 'effect')} of its")
    if of("agreement"):
        parts.append(f"maps of two seeds agree {_holding(of('agreement'))}")
    if parts:
        yield f"Price: {'; '.join(parts)}."


def _verdict(row: Row) -> str:
    return {"yes": "shown", "no": "not shown in every seed"}.get(row["holds"], "not testable")


def _values(rows: Sequence[Row], column: str) -> str:
    return " ".join(short(row[column]) for row in rows)


def short(value: float | None) -> str:
    """Two significant digits, without a leading zero."""
    if value is None or not math.isfinite(value):
        return "–"
    if abs(value) >= 10:
        return f"{value:.0f}"
    digits = 1 if abs(value) >= 1 else 2 if abs(value) >= 0.1 or value == 0 else 1 - math.floor(math.log10(abs(value)))
    text = f"{abs(value):.{min(digits, 5)}f}"
    return (MINUS if value < 0 else "") + text.removeprefix("0") if float(text) else "0"


def _signed(value: float) -> str:
    return f"{'+' if value >= 0 else MINUS}{abs(value):.1f}"


def _holding(rows: Sequence[Row]) -> str:
    """In which layers a claim holds."""
    layers = [row["layer"] for row in rows if row["holds"] == "yes"]
    if not rows or all(row["holds"] == "not testable" for row in rows):
        return "not testable"
    if not layers:
        return "in no layer"
    if len(layers) == len(rows):
        return "in all layers" if len(layers) > 1 else "in its layer"
    return f"in {'layer' if len(layers) == 1 else 'layers'} {', '.join(map(str, layers))}"


def _counted(rows: Sequence[Row]) -> str:
    """Phones that pass by themselves."""
    counts = ["–" if row["phones"] is None else str(row["phones"]) for row in rows]
    of: Mapping[Any, None] = dict.fromkeys(row["of_phones"] for row in rows if row["of_phones"] is not None)
    numbers = counts[0] if len({*counts}) == 1 else " ".join(counts)
    return f"{numbers} of {', '.join(map(str, of)) or '–'} phones by themselves"
