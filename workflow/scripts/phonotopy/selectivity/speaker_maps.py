"""Maps of phones by speaker, and how much the map of a speaker is that of the others."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from phonotopy.activations.placement import Positions, placed
from phonotopy.activations.read import Cells
from phonotopy.core.columns import Column, Table, shared
from phonotopy.core.inventory import MEAN
from phonotopy.core.moments import Moments
from phonotopy.selectivity.d_prime import Criteria, d_prime

__all__ = ["AGREEMENT", "FEWEST_TOKENS", "MAPS", "TABLES", "SpeakerMaps", "agreement_rows", "map_rows"]

Floats = NDArray[np.float64]
Row = dict[str, object]
FEWEST_TOKENS = 5  # of a phone by a speaker, under which there is no variance to speak of
MAPS = Table(
    "speaker_maps.tsv",
    rows="one row per layer, phone of `figures.examples`, speaker who says it often enough, and unit",
    columns={
        **shared("layer", "unit", "row", "column", "phone", "speaker"),
        "d_prime": Column(
            "pooled s.d.",
            "d′ as in `selectivity.tsv`, from the tokens of this speaker alone; empty of a unit that never varies",
        ),
    },
)
AGREEMENT = Table(
    "speaker_agreement.tsv",
    rows="one row per layer, speaker and phone (or `mean` over phones)",
    columns={
        **shared("layer", "speaker"),
        "phone": Column("", f"a phone of which the speaker has {FEWEST_TOKENS} tokens, or `mean`"),
        "tokens": Column("count", "of the phone by this speaker; in rows `mean` of all such phones"),
        "correlation": Column(
            "", "of the speaker's map of d′ with that of all other speakers together, over live units (Pearson)"
        ),
        "other_phones": Column(
            "", "mean correlation of the speaker's map with those that the others have of other phones"
        ),
        "rank": Column(
            "",
            "of the own phone among the phones whose maps of the others the speaker's map is like: 1 where it is most "
            "like that of the same phone; in rows `mean` the mean rank",
        ),
        "phones": Column("count", "phones that are ranked; by chance a rank is half of them and a half"),
        "first": Column("fraction", "in rows `mean`: phones of rank 1"),
    },
    note="Positions mean nothing for these correlations: they say whether a map holds for a speaker, in any layout.",
)
TABLES = (MAPS, AGREEMENT)


class SpeakerMaps(NamedTuple):
    """d′ of each speaker, and of all others together, ``(speakers, phones, units)``.

    NaN where a phone has too few tokens of the speaker, or of the others; `tokens` ``(speakers, phones)``.
    """

    speakers: tuple[str, ...]
    phones: tuple[str, ...]
    tokens: Floats
    own: Floats
    others: Floats

    @classmethod
    def of(cls, cells: Cells, criteria: Criteria) -> Self:
        """Maps of the phones of `cells` by speaker that are tested."""
        tested = criteria.tested(cells)
        phones = tuple(phone for phone, kept in zip(cells.phones, tested, strict=True) if kept)
        alone = np.eye(len(cells.samples), dtype=bool)
        own = [_maps(cells.select(one), tested) for one in alone]
        others = [_maps(cells.select(~one), tested) for one in alone]
        return cls(cells.samples, phones, cells.count[:, tested], np.stack(own), np.stack(others))


def _maps(cells: Cells, tested: NDArray[np.bool_]) -> Floats:
    """d′ of the tested phones that are said often enough, against the others that are, ``(phones, units)``."""
    pooled = cells.pooled()
    enough = (pooled.count >= FEWEST_TOKENS) & tested
    found = np.full(pooled.mean.shape, np.nan)
    found[enough] = d_prime(Moments(pooled.count[enough], pooled.mean[enough], pooled.m2[enough]))
    return found[tested]


def map_rows(found: SpeakerMaps, positions: Positions, layer: int, phones: Sequence[str]) -> Iterator[Row]:
    """Rows of ``speaker_maps.tsv`` for some `phones`: those that a speaker says often enough."""
    for phone in (phone for phone in phones if phone in found.phones):
        maps = found.own[:, found.phones.index(phone)]
        for speaker, values in zip(found.speakers, maps, strict=True):
            if np.isfinite(values).any():
                shown = values.tolist()
                for position, unit, row, column in placed(*positions):
                    where = {"layer": layer, "unit": unit, "row": row, "column": column}
                    yield {**where, "phone": phone, "speaker": speaker, "d_prime": shown[position]}


def agreement_rows(found: SpeakerMaps, layer: int) -> Iterator[Row]:
    """Rows of ``speaker_agreement.tsv``; speakers without two phones, or two units that vary, have none."""
    for speaker, tokens, own, others in zip(found.speakers, found.tokens, found.own, found.others, strict=True):
        known = np.isfinite(own).any(axis=1) & np.isfinite(others).any(axis=1)
        live = np.isfinite(own[known]).all(axis=0) & np.isfinite(others[known]).all(axis=0)
        if known.sum() < 2 or live.sum() < 2:
            continue
        phones = [phone for phone, kept in zip(found.phones, known, strict=True) if kept]
        rows = list(_compared(own[known][:, live], others[known][:, live]))
        for phone, number, row in zip(phones, tokens[known].astype(int).tolist(), rows, strict=True):
            yield {"layer": layer, "speaker": speaker, "phone": phone, "tokens": number, **row, "first": None}
        identity = {"layer": layer, "speaker": speaker, "phone": MEAN, "tokens": int(tokens[known].sum())}
        yield {**identity, **_mean(rows), "phones": len(rows)}


def _compared(own: Floats, others: Floats) -> Iterator[dict[str, float]]:
    """Correlation and rank of each phone, from maps ``(phones, live units)``."""
    like = _standardised(own) @ _standardised(others).T
    for phone, row in enumerate(like):
        rest = np.delete(row, phone)
        rank = 1 + int(np.sum(rest > row[phone]))
        yield {"correlation": row[phone], "other_phones": rest.mean(), "rank": rank, "phones": len(row)}


def _mean(rows: Sequence[Mapping[str, float]]) -> Row:
    means: Row = {name: float(np.mean([row[name] for row in rows])) for name in ("correlation", "other_phones", "rank")}
    return {**means, "first": sum(row["rank"] == 1 for row in rows) / len(rows)}


def _standardised(maps: Floats) -> Floats:
    """Maps as directions, so that products are correlations; NaN of a constant one."""
    centred = maps - maps.mean(axis=1, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    return np.asarray(centred / np.where(length > 0, length, np.nan))
