"""Methods of attribution compared on the same tokens: which are faithful, complete, alike, and about the weights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import torch
from numpy.typing import NDArray

from phonotopy.core.inventory import MEAN
from phonotopy.inference.families import adjusted
from phonotopy.inference.permutation import Alternative, p_value, varies
from phonotopy.introspection.attribution.attribution_tables import AGREEMENT, ANOTHER, COURSES, TABLE
from phonotopy.introspection.attribution.by_speaker_and_phone import Design, Row, compared_rows, summary
from phonotopy.introspection.attribution.deletion import FRACTIONS, area
from phonotopy.introspection.attribution.explained_tokens import (
    Explained,
    energy,
    explained,
    normalising,
    redrawings,
    shuffled,
)
from phonotopy.introspection.attribution.explanations import COARSE, COMPLETE, FINE, METHODS
from phonotopy.introspection.attribution.likeness import between_speakers, like, partners
from phonotopy.introspection.attribution.patches import MEANINGS
from phonotopy.introspection.attribution.spelled import Spelled
from phonotopy.introspection.attribution.token_stretches import Chosen, Stretches, silence
from phonotopy.introspection.measures import columns_of
from phonotopy.introspection.random_weights import untrained
from phonotopy.introspection.subject import Subject

__all__ = ["TABLES", "Comparison"]

Floats = NDArray[np.float64]
CURVES = ("deletion", "insertion")
ALTERNATIVES: tuple[Alternative, Alternative] = ("less", "greater")  # of deletion and insertion
TABLES = (
    TABLE,
    AGREEMENT,
    COURSES,
    columns_of("attribution", MEANINGS, "Of squared gradient × input, at the tokens that drive a unit most."),
)


@dataclass(frozen=True)
class Comparison:
    """All methods on the same tokens of a recogniser; `seed` is that of the settings, `training` of the weights."""

    subject: Subject
    chosen: Sequence[Chosen]
    seed: int
    training: int
    permutations: int

    @cached_property
    def stretches(self) -> Stretches:
        """Of the tokens."""
        return Stretches.of(self.subject, self.chosen)

    @cached_property
    def model(self) -> Spelled:
        """What is explained."""
        return Spelled(self.subject.network)

    @cached_property
    def found(self) -> dict[str, Explained]:
        """Attributions of each method, of all tokens."""
        return explained(self.subject, self.stretches, FINE, np.ones(len(self.stretches), dtype=bool))

    @cached_property
    def from_silence(self) -> dict[str, Explained]:
        """Attributions of the probes from the other baseline, where there is one."""
        baseline = self._silence
        return {} if baseline is None else explained(self.subject, self.stretches, FINE, self.stretches.probe, baseline)

    @cached_property
    def before(self) -> dict[str, Explained]:
        """Attributions of the probes in the network before training."""
        network = untrained(self.subject.network, self.training, normalising(self.subject))
        return explained(self.subject.given(network), self.stretches, COARSE, self.stretches.probe)

    @cached_property
    def controls(self) -> dict[str, Explained]:
        """Orders of cells that no method made."""
        return {"random": shuffled(self.stretches, self.seed), "energy": energy(self.stretches)}

    @cached_property
    def _silence(self) -> torch.Tensor | None:
        return silence(self.subject, list(dict.fromkeys(one.segment for one in self.chosen)))

    @cached_property
    def design(self) -> Design:
        """Phones and speakers of the tokens."""
        phones, phone = np.unique(self.stretches.phone, return_inverse=True)
        speakers, speaker = np.unique(self.stretches.speaker, return_inverse=True)
        names = tuple(self.subject.coding.phones[index] for index in phones)
        return Design(names, len(speakers), phone, speaker)

    @cached_property
    def courses(self) -> dict[str, Floats]:
        """Curves ``(2, fractions, tokens)`` of methods and controls, from 0 to 1 in the mean over all tokens."""
        raw = {name: one.curves(self.model, self.stretches) for name, one in {**self.controls, **self.found}.items()}
        return {name: self._scaled(one, raw["random"]) for name, one in raw.items()}

    @cached_property
    def courses_before(self) -> dict[str, Floats]:
        """The same in the orders that the network before training gives."""
        raw = {name: one.curves(self.model, self.stretches) for name, one in self.before.items()}
        whole = shuffled(self.stretches, self.seed).curves(self.model, self.stretches)
        return {name: self._scaled(one, whole) for name, one in raw.items()}

    @staticmethod
    def _scaled(raw: Floats, whole: Floats) -> Floats:
        most, least = whole[0, 0].mean(), whole[0, -1].mean()
        return np.asarray((raw - least) / (most - least if most > least else np.nan))

    def rows(self) -> list[Row]:
        """Rows of `attribution.tsv`."""
        found = [*self._completeness(), *self._areas(), *self._inside(), *self._same_phone(), *self._redrawn()]
        adjusted((row for row in found if row["phone"] != MEAN), "method", "score", "against")
        adjusted((row for row in found if row["phone"] == MEAN), "score", "against")
        return [{name: row[name] for name in TABLE.columns} for row in found]

    def _rows(
        self,
        method: str,
        score: str,
        values: Floats,
        control: Floats | None = None,
        against: str = "",
        alternative: Alternative | None = None,
    ) -> Iterator[Row]:
        for row in compared_rows(self.design, values, control, alternative):
            null = "speakers" if alternative else None
            yield {**row, "method": method, "score": score, "against": against, "null": null, "q": None}

    def _completeness(self) -> Iterator[Row]:
        for name in COMPLETE:
            yield from self._rows(name, "completeness", self._gap(self.found[name], None))
            if name in self.from_silence:
                gap = self._gap(self.from_silence[name], self._silence)
                yield from self._rows(name, "completeness_silence", gap)

    @torch.no_grad()
    def _gap(self, one: Explained, baseline: torch.Tensor | None) -> Floats:
        part = self.stretches.part(one.of)
        below = torch.zeros_like(part.features) if baseline is None else baseline * part.within[:, :, None]
        scores = [self.model(x, *part.given()).double().cpu().numpy() for x in (part.features, below)]
        difference = scores[0] - scores[1]
        gap = np.abs(one.cells.sum(axis=1, dtype=np.float64) - difference)
        return one.wide(gap / np.where(difference != 0, np.abs(difference), np.nan))

    def _areas(self) -> Iterator[Row]:
        areas = {name: area(one) for name, one in self.courses.items()}
        before = {name: area(one) for name, one in self.courses_before.items()}
        for side, (score, alternative) in enumerate(zip(CURVES, ALTERNATIVES, strict=True)):
            for name in (*METHODS, "energy"):
                controls = {control: areas[control] for control in self.controls if control != name}
                if name in before:
                    controls["untrained"] = before[name]
                for against, control in controls.items():
                    yield from self._rows(name, score, areas[name][side], control[side], against, alternative)

    def _inside(self) -> Iterator[Row]:
        energies = self._shares(self.controls["energy"])
        for name, one in self.found.items():
            controls = {"energy": energies, "untrained": self._shares(self.before[name])}
            for against, control in controls.items():
                yield from self._rows(name, "inside", self._shares(one), control, against, "greater")

    def _shares(self, one: Explained) -> Floats:
        sizes = one.sizes.reshape(len(one.sizes), *self.stretches.features.shape[1:]).sum(axis=2, dtype=np.float64)
        total = sizes.sum(axis=1)
        inside = np.where(self.stretches.spoken[one.of], sizes, 0.0).sum(axis=1)
        return one.wide(inside / np.where(total > 0, total, np.nan))

    def _same_phone(self) -> Iterator[Row]:
        for name, one in {**self.found, "energy": self.controls["energy"]}.items():
            yield from self._recurring(name, self._profiles(one))

    def _profiles(self, one: Explained) -> Floats:
        """Mean attributions ``(speakers, phones, cells)``, NaN without tokens."""
        shape = self.design.speakers, len(self.design.phones)
        where = np.ravel_multi_index((self.design.speaker[one.of], self.design.phone[one.of]), shape)
        found = np.full((int(np.prod(shape)), one.cells.shape[1]), np.nan)
        for cell in np.unique(where):
            found[cell] = one.cells[where == cell].mean(axis=0, dtype=np.float64)
        return found.reshape(*shape, -1)

    def _recurring(self, name: str, profiles: Floats) -> Iterator[Row]:
        parts = (self.seed, self.training, name)
        same, unlike, null = between_speakers(profiles, self.permutations, parts)
        per_token = [one[self.design.speaker, self.design.phone] for one in (same, unlike)]
        observed = _known_mean(same)
        p = np.append(_p(observed, null), _p(observed.mean(keepdims=True), null.mean(axis=1, keepdims=True)))
        rows = self._rows(name, "same_phone", per_token[0], per_token[1], "other_phones", "greater")
        for row, one in zip(rows, p.tolist(), strict=True):
            yield {**row, "p": one, "null": "labels", "status": "not testable" if np.isnan(one) else "ok"}

    def _redrawn(self) -> Iterator[Row]:
        there = {name: one.only(self.stretches.probe) for name, one in self.found.items()}
        own = {name: one.ranks() for name, one in there.items()}
        partner = partners(self.stretches.speaker[self.stretches.probe], self.stretches.phone[self.stretches.probe])
        for first, others in redrawings(self.subject, self.stretches, self.training):
            for name, other in others.items():
                alike = other.wide(like(own[name], other.ranks()))
                control = other.wide(_with_partner(own[name], own[name], partner))
                yield from self._rows(name, f"redrawn_{first}", alike, control, ANOTHER, "greater")

    def agreement(self) -> list[Row]:
        """Rows of `attribution_agreement.tsv`, of the probes."""
        probe = self.stretches.probe
        silent = {f"{name}_silence": one for name, one in self.from_silence.items()}
        every = {**self.found, **silent, "energy": self.controls["energy"]}
        found = {name: one.only(probe).ranks() for name, one in every.items()}
        partner = partners(self.stretches.speaker[probe], self.stretches.phone[probe])
        rows = []
        for first, second in combinations(found, 2):
            values = self.controls["energy"].only(probe).wide(like(found[first], found[second]))
            control = self.controls["energy"].only(probe).wide(_with_partner(found[first], found[second], partner))
            *_, row = compared_rows(self.design, values, control, "greater")
            rows.append({**row, "first": first, "second": second, "q": None})
        return [{name: row[name] for name in AGREEMENT.columns} for row in adjusted(rows)]

    def curve_rows(self) -> Iterator[Row]:
        """Rows of `attribution_curves.tsv`."""
        for name, found in self.courses.items():
            for side, curve in enumerate(CURVES):
                for fraction, values in zip(FRACTIONS, found[side], strict=True):
                    own, _ = self.design.cells(values)
                    value, low, high, speakers = summary(_known_mean(own.T))
                    numbers = {"value": value, "low": low, "high": high, "speakers": speakers}
                    yield {"method": name, "curve": curve, "fraction": fraction, **numbers}


def _known_mean(values: Floats) -> Floats:
    """Mean over the first axis of what is there; NaN where nothing is."""
    known = np.isfinite(values)
    number = known.sum(axis=0)
    return np.where(number > 0, np.where(known, values, 0.0).sum(axis=0) / np.maximum(number, 1), np.nan)


def _p(observed: Floats, null: Floats) -> Floats:
    return np.where(varies(null), p_value(observed, null, "greater"), np.nan)


def _with_partner(first: NDArray[np.float32], second: NDArray[np.float32], partner: NDArray[np.int64]) -> Floats:
    return np.where(partner >= 0, like(first, second[partner]), np.nan)
