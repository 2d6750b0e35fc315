"""Sentences sampled from a weighted grammar, apart by split."""

import re
from bisect import bisect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Literal, cast

import numpy as np

from phonotopy.core import seeds
from phonotopy.core.errors import InputError
from phonotopy.core.tables import read_table
from phonotopy.corpus.utterances import SPLITS, Split

__all__ = ["Grammar", "Row", "Vocabulary", "read_grammar", "sentences", "vocabulary"]

START = "SENTENCE"
WORDS = range(4, 10)  # in a sentence: two to four seconds of speech
WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")
REFERENCE = re.compile(r"([A-Z_]+)(?:\.([1-9]|\*))?")
RESERVED: Mapping[Split, float] = {"dev": 0.09, "test": 0.11}  # share of content words that only this split may use
NOVELTY = 0.25  # probability that a content word of such a split is one of its reserved words
PATIENCE = 5000  # samples in a row without a new sentence before the grammar counts as exhausted

Kind = Literal["rule", "function", "content"]


@dataclass(frozen=True)
class Row:
    """A row of the grammar: alternatives that share its weight.

    An alternative is a sequence of words and references (``rule``), one word (``function``) or the forms of one word
    (``content``). ``NAME.2`` asks a symbol for its second form, ``NAME.*`` for the form asked of its own symbol.
    """

    symbol: str
    kind: Kind
    weight: float
    alternatives: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Grammar:
    """Rows by symbol; `path` is where they were read, for messages."""

    path: str
    symbols: Mapping[str, tuple[Row, ...]]

    @property
    def words(self) -> frozenset[str]:
        """Every word that a sentence can hold, but for `an`, which `a` becomes before a vowel."""
        parts = (part for rows in self.symbols.values() for row in rows for words in row.alternatives for part in words)
        return frozenset(part for part in parts if WORD.fullmatch(part))


@dataclass(frozen=True)
class _Choice:
    """Alternatives with cumulative weights."""

    alternatives: list[tuple[str, ...]] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def sample(self, generator: np.random.Generator) -> tuple[str, ...]:
        """One alternative, by weight."""
        index = bisect(self.weights, generator.random() * self.weights[-1])
        return self.alternatives[min(index, len(self.weights) - 1)]


@dataclass(frozen=True)
class Vocabulary:
    """What one split may say: alternatives of every symbol, and the words reserved for the split."""

    split: Split
    kinds: Mapping[str, Kind]
    common: Mapping[str, _Choice]
    reserved: Mapping[str, _Choice]

    def expand(self, symbol: str, form: int, generator: np.random.Generator) -> Iterator[str]:
        """Sample the words of a symbol in one of its forms (from 1)."""
        chosen = self.common[symbol]
        own = self.reserved.get(symbol)
        if own is not None and generator.random() < NOVELTY:
            chosen = own
        parts = chosen.sample(generator)
        if self.kinds[symbol] == "content":
            yield parts[form - 1]
            return
        for part in parts:
            reference = REFERENCE.fullmatch(part)
            if reference is None:
                yield part
            else:
                yield from self.expand(reference[1], _form(reference, form), generator)


def _form(reference: re.Match[str], form: int) -> int:
    return form if reference[2] == "*" else int(reference[2] or 1)


def read_grammar(path: str | Path) -> Grammar:
    """Read and check a grammar with columns symbol, kind, weight, alternatives (separated by `` | ``).

    InputError names what would end in a dead end or never end: a reference to a symbol or a form that is not there, and
    one that leads back to its own symbol.
    """
    symbols: dict[str, tuple[Row, ...]] = {}
    for cells in read_table(path, {"symbol": str, "kind": str, "weight": float, "alternatives": str}):
        row = _parse(str(path), cells["symbol"], cells["kind"], cells["weight"], cells["alternatives"])
        symbols[row.symbol] = (*symbols.get(row.symbol, ()), row)
    grammar = Grammar(str(path), symbols)
    reached: set[tuple[str, int]] = set()
    _reach(grammar, START, 1, (), reached)
    unused = sorted(set(symbols) - {symbol for symbol, _ in reached})
    if unused:
        raise _mistake(grammar.path, f"the symbol {unused[0]} in no sentence", "every symbol reachable from " + START)
    _check_words(grammar)
    return grammar


def _mistake(path: str, found: str, expected: str) -> InputError:
    return InputError(path, found, expected, "correct the grammar")


def _parse(path: str, symbol: str, kind: str, weight: float, text: str) -> Row:
    separator = "/" if kind == "content" else None
    alternatives = tuple(tuple(alternative.strip().split(separator)) for alternative in text.split("|"))
    parts = [part for alternative in alternatives for part in alternative]
    if kind not in {"rule", "function", "content"}:
        raise _mistake(path, f"the kind {kind!r} of {symbol}", "rule, function or content")
    if not 0 < weight < np.inf:
        raise _mistake(path, f"the weight {weight} of {symbol}", "a number above 0")
    if not all(alternatives) or (kind == "function" and len(parts) != len(alternatives)):
        raise _mistake(path, f"an empty or long alternative of {symbol}", "one word, or a sequence in a rule")
    for part in parts:
        if not (WORD.fullmatch(part) or (kind == "rule" and REFERENCE.fullmatch(part))):
            raise _mistake(path, f"{part!r} in {symbol}", "words of a-z and apostrophes; references in rules only")
    return Row(symbol, cast(Kind, kind), weight, alternatives)


def _reach(grammar: Grammar, symbol: str, form: int, above: tuple[str, ...], reached: set[tuple[str, int]]) -> None:
    """Visit every (symbol, form) that a sentence can ask for."""
    if symbol not in grammar.symbols:
        raise _mistake(grammar.path, f"a reference to {symbol}", "a symbol with a row of its own")
    if symbol in above:
        raise _mistake(grammar.path, f"{symbol} within {symbol}", "symbols that do not lead back to themselves")
    if (symbol, form) in reached:
        return
    reached.add((symbol, form))
    for row in grammar.symbols[symbol]:
        for parts in row.alternatives:
            if row.kind == "content" and len(parts) < form:
                raise _mistake(grammar.path, f"form {form} of {'/'.join(parts)} in {symbol}", f"at least {form} forms")
            for reference in filter(None, map(REFERENCE.fullmatch, parts)):
                _reach(grammar, reference[1], _form(reference, form), (*above, symbol), reached)


def _check_words(grammar: Grammar) -> None:
    """Refuse a content word that occurs elsewhere too: reserved in one rule, it would leak through the other."""
    owners: dict[str, str] = {}
    for symbol, rows in grammar.symbols.items():
        if len({row.kind for row in rows}) > 1:
            raise _mistake(grammar.path, f"{symbol} of two kinds", "one kind a symbol")
        for kind, parts in ((row.kind, parts) for row in rows for parts in row.alternatives):
            owner = f"{symbol} {parts}" if kind == "content" else "a rule or function word"
            for word in filter(WORD.fullmatch, parts):
                if owners.setdefault(word, owner) != owner:
                    raise _mistake(grammar.path, f"{word!r} in {symbol} and elsewhere", "a content word in one rule")


def _reservations(row: Row, index: int, seed: int) -> dict[tuple[str, ...], Split]:
    """Which alternatives of a content row belong to one split alone; the same share of every row, by chance."""
    order = seeds.stream("reserved words", seed, row.symbol, index).permutation(len(row.alternatives))
    owners: dict[tuple[str, ...], Split] = {}
    start = 0
    for split, share in RESERVED.items():
        count = round(share * len(row.alternatives))
        owners |= {row.alternatives[index]: split for index in order[start : start + count]}
        start += count
    return owners


def _choice(weighted: list[tuple[tuple[str, ...], float]]) -> _Choice:
    return _Choice([parts for parts, _ in weighted], list(accumulate(weight for _, weight in weighted)))


def vocabulary(grammar: Grammar, split: Split, seed: int) -> Vocabulary:
    """What a split may say: words of no other split, so that dev and test hold words that training never has."""
    kinds = {symbol: rows[0].kind for symbol, rows in grammar.symbols.items()}
    common: dict[str, _Choice] = {}
    reserved: dict[str, _Choice] = {}
    for symbol, rows in grammar.symbols.items():
        lists: dict[Split | None, list[tuple[tuple[str, ...], float]]] = {None: [], split: []}
        for index, row in enumerate(rows):
            owners = _reservations(row, index, seed) if row.kind == "content" else {}
            for parts in row.alternatives:
                lists.setdefault(owners.get(parts), []).append((parts, row.weight / len(row.alternatives)))
        common[symbol] = _choice(lists[None])
        if lists[split]:
            reserved[symbol] = _choice(lists[split])
    return Vocabulary(split, kinds, common, reserved)


def _articles(words: list[str]) -> Iterator[str]:
    for word, following in zip(words, [*words[1:], ""], strict=True):
        yield "an" if word == "a" and following[:1] in set("aeiou") else word


def _belongs(sentence: str) -> Split:
    """The one split that may use a sentence: a partition of all sentences, whatever the minutes and speakers are."""
    return SPLITS[seeds.key("split of the sentence", sentence) % len(SPLITS)]


def sentences(grammar: Grammar, split: Split, speaker: str, seed: int) -> Iterator[str]:
    """Yield sentences of one speaker without end: 4 to 9 lower-case words, none twice, none of another split.

    A longer sample begins with the shorter one. InputError where the grammar has no more new sentences.
    """
    generator = seeds.stream("sentences", seed, split, speaker)
    words_of_split = vocabulary(grammar, split, seed)
    said: set[str] = set()
    patience = PATIENCE
    while patience:
        words = list(words_of_split.expand(START, 1, generator))
        sentence = " ".join(_articles(words))
        patience -= 1
        if len(words) in WORDS and sentence not in said and _belongs(sentence) == split:
            said.add(sentence)
            patience = PATIENCE
            yield sentence
    raise InputError(
        grammar.path,
        f"{len(said)} different sentences for speaker {speaker}",
        "as many as the minutes ask for",
        "add words or rules, or lower corpus.synthetic.minutes." + split,
    )
