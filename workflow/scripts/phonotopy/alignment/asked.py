"""Which utterances an alignment is asked for: all of a split, or a sample of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from phonotopy.core import seeds
from phonotopy.corpus.utterances import Utterance

__all__ = ["Part"]


@dataclass(frozen=True)
class Part:
    """A split, or at most `sample` utterances of it, which the `seed` chooses; 0 for all of them."""

    split: str
    sample: int = 0
    seed: int = 0

    def of(self, utterances: Iterable[Utterance]) -> list[Utterance]:
        """Its utterances, in their order."""
        own = [utterance for utterance in utterances if utterance.split == self.split]
        if not 0 < self.sample < len(own):
            return own
        random = seeds.stream("aligned sample", self.seed, self.split)
        return [own[index] for index in sorted(random.choice(len(own), self.sample, replace=False))]
