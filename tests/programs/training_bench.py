"""Speed of training and of the dump of responses, beside what a user would write without this library."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
import yaml
from torch import nn
from torch.nn.utils.rnn import pad_sequence

from phonotopy.activations.accumulate import Coding, Token
from phonotopy.activations.gather import Paths
from phonotopy.activations.respond import BATCH_FRAMES, respond
from phonotopy.core.seeds import stream
from phonotopy.recogniser.batches import Batch, evaluation_batches, training_batches
from phonotopy.recogniser.decoding import encode
from phonotopy.recogniser.features import FeatureIndex, Segment
from phonotopy.recogniser.fitting import Setup, Trainer
from phonotopy.recogniser.network import spacing

ROOT = Path(__file__).parents[2]
MINUTES, LETTERS_PER_S, PHONES_PER_S, ROUNDS = 4, 14, 10, 3
SHORTEST_S, LONGEST_S = 1.3, 3.5  # of sentences, about as those of the embedded corpus
FREQUENT = "etaoinshrdlu "
Ratio = tuple[float, str]  # and how it was measured


def least(works: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Seconds of processor time of each, the least of some rounds in which they take turns, after one to warm up."""
    found = dict.fromkeys(works, float("inf"))
    for number in range(ROUNDS + 1):
        for name, work in works.items():
            start = time.process_time()
            work()
            if number:
                found[name] = min(found[name], time.process_time() - start)
    return found


def training_settings() -> dict[str, Any]:
    """The section `training` of config.yaml."""
    training: dict[str, Any] = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))["training"]
    return training


def speech(settings: Mapping[str, Any], minutes: float = MINUTES) -> FeatureIndex:
    """Made-up features: noise and letters of as many sentences as fit, of uniform length; a small dev split."""
    random, per_s = np.random.default_rng(0), round(1 / settings["features"]["hop_s"])
    segments, first = list[Segment](), 0
    while first < minutes * 60 * per_s:
        frames = round(random.uniform(SHORTEST_S, LONGEST_S) * per_s)
        letters = "".join(random.choice([*FREQUENT], frames * LETTERS_PER_S // per_s)).strip()
        split = "dev" if len(segments) % 20 == 0 else "train"
        segments.append(Segment(f"u{len(segments)}", f"s{len(segments) % 8}", split, first, frames, letters))
        first += frames
    frames = random.standard_normal((first, settings["features"]["bands"]), dtype=np.float32)
    return FeatureIndex(frames, tuple(segments))


def trainer(index: FeatureIndex, objective: str, precision: str) -> Trainer:
    """A training of config.yaml, with this objective and precision."""
    settings = {**training_settings(), "precision": precision}
    given = {"objective": objective, "settings": settings["objectives"].get(objective, {})}
    return Trainer(index, Setup.of(settings, given, hop_s=settings["features"]["hop_s"]), seed=0)


def own_batches(own: Trainer) -> Iterator[Batch]:
    """Those of an epoch, as training makes them."""
    setup = own.setup
    given = (setup.batch_frames, setup.augmentation, spacing(setup.layers), own.alphabet, own.seed, 1)
    return training_batches(own.index, own.segments, *given)


def own_epoch(own: Trainer) -> None:
    """All steps of an epoch, as training takes them, without a look at the dev split."""
    own.network.train()
    for batch in own_batches(own):
        own._step(batch)


def plain_batches(own: Trainer) -> Iterator[Sequence[Segment]]:
    """Utterances in random order, as many a batch as fill it on average."""
    order = np.random.default_rng(0).permutation(len(own.segments))
    mean = np.mean([segment.frames for segment in own.segments])
    size = max(1, round(own.setup.batch_frames / float(mean)))
    for start in range(0, len(order), size):
        yield [own.segments[number] for number in order[start : start + size]]


def plain_epoch(own: Trainer, optimiser: torch.optim.Optimizer) -> None:
    """The loop of a tutorial: shuffled batches padded to the longest, float32; the same network and augmentation."""
    network, augmentation = own.network, own.setup.augmentation
    network.train()
    for group in plain_batches(own):
        randoms = [stream("augmentation", 0, 1, segment.utterance) for segment in group]
        given = zip(group, randoms, strict=True)
        arrays = [torch.from_numpy(augmentation(own.index.of(one), random)) for one, random in given]
        letters = [encode(segment.transcript, own.alphabet) for segment in group]
        output = network(pad_sequence(arrays, batch_first=True), torch.tensor([len(array) for array in arrays]))
        sizes = torch.tensor([len(word) for word in letters])
        log_probs = output.log_probs.transpose(0, 1)
        loss = nn.functional.ctc_loss(log_probs, torch.cat(letters), output.lengths, sizes, zero_infinity=True)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()


def training_over_plain_loop() -> Ratio:
    """Seconds of speech trained in a second: the control of config.yaml over the plain loop, on one thread."""
    torch.set_num_threads(1)
    index = speech(training_settings())
    precision = training_settings()["precision"]
    own, plain = trainer(index, "none", precision), trainer(index, "none", "float32")
    optimiser = torch.optim.AdamW(plain.network.parameters(), lr=0.001)
    taken = least({"own": partial(own_epoch, own), "plain": partial(plain_epoch, plain, optimiser)})
    audio_s = sum(segment.frames for segment in own.segments) * training_settings()["features"]["hop_s"]
    how = (
        f"one thread, {precision}, {own.setup.batch_frames} frames a batch: {audio_s / taken['own']:.0f} s of speech a "
        f"second, plain loop in float32 {audio_s / taken['plain']:.0f} s; least of {ROUNDS}, taking turns"
    )
    return taken["plain"] / taken["own"], how


def tokens_of(index: FeatureIndex, hop_s: float, phones: int) -> dict[str, list[Token]]:
    """A phone after the other without pause, random ones of equal length."""
    random, length_s = np.random.default_rng(1), 1 / PHONES_PER_S
    return {
        one.utterance: [
            Token(int(random.integers(phones)), number * length_s, (number + 1) * length_s, stored=True)
            for number in range(int(one.frames * hop_s * PHONES_PER_S))
        ]
        for one in index.segments
    }


def dump_over_forward() -> Ratio:
    """Speed of writing the responses to tokens, over that of the network alone on the same batches."""
    torch.set_num_threads(1)
    settings = training_settings()
    index = speech(settings)
    network = trainer(index, "none", "float32").network.eval()
    known = {**settings["features"], "alphabet": index.alphabet}
    coding = Coding(tuple(f"P{number}" for number in range(39)), tuple(sorted({one.speaker for one in index.segments})))
    tokens = tokens_of(index, settings["features"]["hop_s"], len(coding.phones))
    lags_s = (-0.2, 0.3)

    @torch.no_grad()
    def forward() -> None:
        for batch in evaluation_batches(index, index.segments, BATCH_FRAMES, index.alphabet):
            network(batch.features, batch.lengths)

    with TemporaryDirectory() as folder:
        dump = partial(respond, Paths.of(folder), network, known, index, tokens, coding, lags_s)
        taken = least({"dump": dump, "forward": forward})
    how = (
        f"one thread, {MINUTES} minutes of speech, {sum(map(len, tokens.values()))} tokens: network "
        f"{taken['forward']:.2f} s, with all that is kept of its responses {taken['dump']:.2f} s; least of {ROUNDS}, "
        "taking turns"
    )
    return taken["forward"] / taken["dump"], how
