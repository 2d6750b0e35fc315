"""Batches: utterances one after the other for training, side by side for evaluation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from phonotopy.core.errors import InputError
from phonotopy.core.seeds import stream
from phonotopy.recogniser.augmentation import Augmentation
from phonotopy.recogniser.decoding import encode
from phonotopy.recogniser.features import FeatureIndex, Segment
from phonotopy.recogniser.network import Spacing
from phonotopy.recogniser.samples.sample_augmentation import SampleAugmentation

__all__ = ["Batch", "count_batches", "evaluation_batches", "ordered_batches", "training_batches"]


@dataclass(frozen=True)
class Batch:
    """Utterances with their ``lengths (utterances,)``, padded with zeros to the longest: ``features (utterances, …)``.

    Or one after the other, in one row ``(1, frames, bands)``, and begin at the frames ``starts (utterances,)``.
    ``letters`` are all transcripts one after the other, ``letter_lengths (utterances,)`` their lengths, as CTC takes
    them.
    """

    segments: tuple[Segment, ...]
    features: Tensor
    lengths: Tensor
    letters: Tensor
    letter_lengths: Tensor
    starts: Tensor | None = None

    def to(self, device: torch.device) -> "Batch":
        """The same with features and lengths on the device; letters stay, as their loss is taken on the processor."""
        starts = None if self.starts is None else self.starts.to(device)
        return replace(self, features=self.features.to(device), lengths=self.lengths.to(device), starts=starts)


def training_batches(
    index: FeatureIndex,
    segments: Sequence[Segment],
    frames: int,
    augmentation: Augmentation | SampleAugmentation,
    spacing: Spacing,
    alphabet: str,
    seed: int,
    epoch: int,
    share: tuple[int, int] = (0, 1),
) -> Iterator[Batch]:
    """Augmented batches of about `frames` feature frames in random order; the same for the same seed and epoch.

    Any utterances meet, one after the other with the `spacing` that keeps them apart: hardly any zeros are computed
    with, whatever their lengths. ``share (n, of)`` leaves the n-th of so many equal parts of every batch. InputError: a
    batch has too few utterances.
    """
    order = stream("batches", seed, epoch).permutation(len(segments))
    groups = _groups([segments[number] for number in order], frames)
    _require_divisible(groups, share[1])
    for group in groups:
        part = group[share[0] :: share[1]]
        arrays = [
            augmentation(index.of(segment), stream("augmentation", seed, epoch, segment.utterance)) for segment in part
        ]
        yield _in_a_row(part, arrays, spacing, alphabet)


def _require_divisible(groups: Sequence[Sequence[Segment]], parts: int) -> None:
    fewest = min(len(group) for group in groups)
    if fewest < parts:
        found, expected = f"a batch of {fewest} utterances for {parts} processes", "an utterance for each at least"
        raise InputError("training.processes", found, expected, "raise training.optimiser.batch_s, or take fewer")


def count_batches(segments: Sequence[Segment], frames: int) -> int:
    """Batches an epoch: as many as hold all frames, whatever the order."""
    return max(1, -(-sum(segment.frames for segment in segments) // frames))


def evaluation_batches(index: FeatureIndex, segments: Sequence[Segment], frames: int, alphabet: str) -> Iterator[Batch]:
    """Batches of at most `frames` feature frames (or one utterance), from short to long."""
    for group in _groups(sorted(segments, key=lambda segment: (segment.frames, segment.utterance)), frames):
        yield _collate(group, [np.array(index.of(segment)) for segment in group], alphabet)


def ordered_batches(
    index: FeatureIndex, segments: Sequence[Segment], frames: int, alphabet: str
) -> tuple[int, Iterator[Batch]]:
    """Batches in the order of `segments` that hold at most `frames` padded frames (or one utterance), and how many."""
    groups = _padded_groups(segments, frames)
    arrays = ([np.array(index.of(segment)) for segment in group] for group in groups)
    return len(groups), (_collate(group, own, alphabet) for group, own in zip(groups, arrays, strict=True))


def _padded_groups(segments: Sequence[Segment], frames: int) -> list[list[Segment]]:
    """Runs whose number times the longest is at most `frames`; each holds at least one utterance."""
    groups, longest = list[list[Segment]](), 0
    for segment in segments:
        longest = max(longest, segment.frames)
        if groups and (len(groups[-1]) + 1) * longest <= frames:
            groups[-1].append(segment)
        else:
            groups.append([segment])
            longest = segment.frames
    return groups


def _groups(segments: Sequence[Segment], frames: int) -> list[list[Segment]]:
    """Cut the sequence into runs of equal share; each holds at least one utterance."""
    total = sum(segment.frames for segment in segments)
    wanted = count_batches(segments, frames)
    groups: list[list[Segment]] = [[] for _ in range(wanted)]
    passed = 0
    for segment in segments:
        groups[min(wanted - 1, passed * wanted // total)].append(segment)
        passed += segment.frames
    return [group for group in groups if group]


def _collate(group: Sequence[Segment], arrays: Sequence[np.ndarray], alphabet: str) -> Batch:
    features = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(array) for array in arrays], batch_first=True)
    return Batch(tuple(group), features, torch.tensor([len(array) for array in arrays]), *_spelled(group, alphabet))


def _in_a_row(group: Sequence[Segment], arrays: Sequence[np.ndarray], spacing: Spacing, alphabet: str) -> Batch:
    lengths = [len(array) for array in arrays]
    starts, frames = spacing(lengths)
    row = torch.zeros(1, frames, arrays[0].shape[1])
    for start, array in zip(starts, arrays, strict=True):
        row[0, start : start + len(array)] = torch.from_numpy(array)
    return Batch(tuple(group), row, torch.tensor(lengths), *_spelled(group, alphabet), torch.tensor(starts))


def _spelled(group: Sequence[Segment], alphabet: str) -> tuple[Tensor, Tensor]:
    letters = [encode(segment.transcript, alphabet) for segment in group]
    return torch.cat(letters), torch.tensor([len(word) for word in letters])
