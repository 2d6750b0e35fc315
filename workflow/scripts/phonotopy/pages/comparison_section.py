"""Measured comparisons as sections of their page in the documentation: numbers of the tables and nothing else."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from phonotopy.comparisons.answer import MINUS, short
from phonotopy.comparisons.comparison import ALL, ORIGIN
from phonotopy.core.errors import InputError
from phonotopy.core.tables import boolean, integer, number, read_table

__all__ = ["orders", "read_comparison", "replaced", "section", "sections", "sentence"]

Row = dict[str, Any]
BEGIN, END = "<!-- measured: {} -->\n", "<!-- end of measured -->"
SECTION = re.compile(BEGIN.format(r"(\w+)") + "(.*?)" + END, re.DOTALL)
COLUMNS = {
    **dict.fromkeys(("mean", "difference", "difference_low", "difference_high"), number),
    **dict.fromkeys(("q", "margin", "p_equivalence"), number),
    "seeds": integer,
    "front": lambda cell: boolean(cell) if cell else False,
}
LEVEL = 0.05
BY_LAYER = {  # measures that the section has, and their headings
    "morans_i": "Moran's I of d′",
    "effective_rank_share": "rank",
    "limit_share": "of the limit",
    "trustworthiness": "trustworthiness",
    "far_correlation": "far correlation",
    "agreement": "agreement",
}


def read_comparison(path: str | Path) -> list[Row]:
    """Rows of ``comparison.tsv``."""
    return read_table(path, COLUMNS)


def sections(page: str) -> dict[str, str]:
    """What stands between each two markers of the page, by the name in the first."""
    return {found[1]: found[2] for found in SECTION.finditer(page)}


def replaced(page: str, name: str, rows: Sequence[Row], digest: str) -> str:
    """The text of the page with the section of these rows between the two markers of this name."""
    begin, there = BEGIN.format(name), sections(page)
    if name not in there:
        found = f"no section between markers of {name}"
        expected = f"{begin.strip()} and {END.strip()}"
        raise InputError("the page of comparisons", found, expected, "put them where the section is to stand")
    return page.replace(f"{begin}{there[name]}{END}", f"{begin}{section(name, rows, digest)}{END}")


def section(name: str, rows: Sequence[Row], digest: str) -> str:
    """Sentences on what was run, with the `digest` of its settings, and a row per condition, all layers in a cell."""
    cells = {(row["condition"], row["measure"], row["layer"]): row for row in rows}
    conditions = list(dict.fromkeys(row["condition"] for row in rows))
    layers = sorted({int(row["layer"]) for row in rows if row["layer"] not in ("", ALL)})
    reference = next((row["reference"] for row in rows if row["reference"]), "")
    headings = ["condition", "dev errors", "test errors", *BY_LAYER.values(), "front"]
    lines = [_line(headings), _line(["---"] * len(headings))]
    lines += [_line([*_cells(name, cells, layers)]) for name in conditions]
    text = [*_introduced(rows, reference, len(layers)), *_settings(f"measured/{name}", digest), "", *lines]
    return "".join(f"{line}\n" for line in text)


def sentence(rows: Sequence[Row], learned: str, laid_out: str) -> str:
    """What the map of one condition gives and costs, beside a layout of the reference, which costs nothing."""
    (errors,) = (row for row in rows if (row["condition"], row["measure"]) == (learned, "letter_error_rate"))
    price, equivalent = _difference(errors, q=False), errors["p_equivalence"]
    within = f", equivalent within {100 * errors['margin']:.0f} (p {short(equivalent)})" if equivalent < LEVEL else ""
    return (
        f"{errors['seeds']} seeds: learned maps have Moran's I {orders(rows, learned)}, for {price} points of "
        f"character errors{within}; a layout of the control after training has {orders(rows, laid_out)} for nothing"
    )


def orders(rows: Sequence[Row], condition: str) -> str:
    """Moran's I of d′ by layer, mean over seeds."""
    own = (row for row in rows if (row["condition"], row["measure"]) == (condition, "morans_i") and row["layer"] != ALL)
    return " ".join(short(row["mean"]) for row in own)


def _introduced(rows: Sequence[Row], reference: str, layers: int) -> Iterator[str]:
    most, least = (choose(row["seeds"] for row in rows) for choose in (max, min))
    seeds = f"{most} seeds" if most == least else f"{least} to {most} seeds"
    yield f"Means over {seeds}. Character error rates in %: of the dev split, and of the test split the difference from"
    yield f"{reference or 'the reference'} in points, with 95 % interval and q. Other columns: layers 1 to {layers}."


def _settings(folder: str, digest: str) -> Iterator[str]:
    yield f"Measured with these [settings]({folder}/settings.yaml), SHA-256 {digest[:12]}; all rows are in"
    yield f"[comparison.tsv]({folder}/comparison.tsv), those of each training and layer in"
    yield f"[maps.tsv]({folder}/maps.tsv)."


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(name: str, cells: Mapping[tuple[str, str, str], Row], layers: Sequence[int]) -> Iterator[str]:
    yield f"`{name}`"
    yield _percent(cells[name, "letter_error_rate_dev", ""]["mean"])
    yield _difference(cells[name, "letter_error_rate", ""])
    for measure in BY_LAYER:
        yield " ".join(short(cells[name, measure, str(n)]["mean"]) for n in layers if (name, measure, str(n)) in cells)
    yield "yes" if cells[name, "morans_i", ALL]["front"] else ""


def _percent(rate: float) -> str:
    return f"{100 * rate:.1f}" if np.isfinite(rate) else "–"


def _difference(row: Row, *, q: bool = True) -> str:
    """In points; what could not be tested is said without interval and q."""
    if not np.isfinite(row["difference"]):
        return f"{_percent(row['mean'])} %" if row["status"] == "reference" else "–"
    if row["status"] == ORIGIN:
        return ORIGIN
    ends = [row[f"difference_{end}"] for end in ("low", "high")]
    interval = f" ({' to '.join(map(_signed, ends))})" if np.isfinite(ends).all() else ""
    tested = f", q {short(row['q'])}" if q and np.isfinite(row["q"]) else ""
    return f"{_signed(row['difference'])}{interval}{tested}"


def _signed(difference: float) -> str:
    return f"{'+' if difference >= 0 else MINUS}{abs(100 * difference):.1f}"
