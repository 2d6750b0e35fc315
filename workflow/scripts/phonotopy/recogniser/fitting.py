"""Training: connectionist temporal classification plus a topographic objective."""

import logging
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from phonotopy.core import steps
from phonotopy.core.errors import InputError
from phonotopy.core.seeds import key
from phonotopy.recogniser import distributed
from phonotopy.recogniser.augmentation import Augmentation
from phonotopy.recogniser.batches import Batch, count_batches, training_batches
from phonotopy.recogniser.checkpoint import Resume
from phonotopy.recogniser.features import FeatureIndex, Segment
from phonotopy.recogniser.network import Layer, Recogniser, layers_of, spacing, timings
from phonotopy.recogniser.objectives.objective import Objective, course
from phonotopy.recogniser.recognise import ctc_loss, rates, recognise, too_long
from phonotopy.recogniser.samples.analysis import first_layer
from phonotopy.recogniser.samples.sample_augmentation import SampleAugmentation

__all__ = ["Epoch", "Setup", "Trainer", "train"]

logger = logging.getLogger("phonotopy")
LARGEST_GRADIENT = 5.0  # norm to which gradients are clipped


@dataclass(frozen=True)
class Setup:
    """All that makes a training, but for the data and the seed.

    AdamW (bib key loshchilov2019) under one cycle of the learning rate (smith2019), which grows to its peak over the
    fraction `learning_rate_warmup` of steps; its running mean of squared gradients decays by `beta2` a step;
    `batch_frames` in feature frames. The weight of the objective grows to its value over the fraction
    `objective_warmup` of steps.
    """

    layers: tuple[Layer, ...]
    dropout: float
    objective: Objective
    augmentation: Augmentation | SampleAugmentation
    epochs: int
    batch_frames: int
    learning_rate: float
    learning_rate_warmup: float
    beta2: float
    weight_decay: float
    objective_warmup: float
    mixed_precision: bool

    @classmethod
    def of(
        cls,
        settings: Mapping[str, Any],
        objective: Mapping[str, Any],
        *,
        hop_s: float,
        analysis: Mapping[str, Any] | None = None,
    ) -> "Setup":
        """From the settings of the section `training`, seconds turned into frames of `hop_s`.

        `analysis` are those of the features; where they are samples, a layer that looks at these comes first.
        """
        network, optimiser = settings["network"], dict(settings["optimiser"])
        first = first_layer(analysis, torus=network["torus"]) if analysis else []
        layers = first + layers_of(network["layers"], torus=network["torus"])
        return cls(
            layers=tuple(layers),
            dropout=network["dropout"],
            objective=Objective(
                objective["objective"],
                objective["settings"],
                [layer.grid for layer in layers],
                [timing.stride for timing in timings(layers)],
            ),
            augmentation=_augmentation(settings["augmentation"], hop_s, samples=bool(first)),
            batch_frames=round(optimiser.pop("batch_s") / hop_s),
            mixed_precision=settings["precision"] == "bfloat16",
            **optimiser,
        )


def _augmentation(changes: Mapping[str, Any], hop_s: float, *, samples: bool) -> Augmentation | SampleAugmentation:
    """Changes of features, whose masks are in frames; those of bands have no meaning for samples."""
    kind = SampleAugmentation if samples else Augmentation
    known = {**changes, "time_mask": round(changes["time_mask_s"] / hop_s)}
    return kind(**{name: known[name] for name in kind.__dataclass_fields__})


class Epoch(NamedTuple):
    """One row of the history: means over the epoch, and what the development split says after it (to one process)."""

    epoch: int
    learning_rate: float
    ctc_loss: float
    objective_loss: float
    dev_ctc_loss: float = math.nan
    dev_letter_error_rate: float = math.nan


class Trainer:
    """One training; everything random is keyed by seed and epoch, so that it can stop and go on at any epoch."""

    def __init__(self, index: FeatureIndex, setup: Setup, *, seed: int, device: str | torch.device = "cpu") -> None:
        self.index, self.setup, self.seed = index, setup, seed
        self.alphabet = index.alphabet
        self.segments, self.development = _split(index, "train"), _split(index, "dev")
        torch.manual_seed(key("network", seed))
        self.network = Recogniser(index.frames.shape[1], setup.layers, len(self.alphabet), setup.dropout).to(device)
        self.model = DistributedDataParallel(self.network) if distributed.size() > 1 else self.network
        self.objective = setup.objective.to(device)
        self.steps = setup.epochs * count_batches(self.segments, setup.batch_frames)
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(),
            lr=setup.learning_rate,
            betas=(0.9, setup.beta2),  # the cycle sets the first
            weight_decay=setup.weight_decay,
            fused=True,
        )
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser, setup.learning_rate, total_steps=self.steps + 1, pct_start=self._rise()
        )

    def _rise(self) -> float:
        """Fraction of the schedule over which the learning rate grows: two steps at least, or it would divide by 0."""
        return min(1.0, max(self.setup.learning_rate_warmup, 2 / (self.steps + 1)))

    def epoch(self, number: int) -> Epoch:
        """Train one epoch and look at the development split."""
        torch.manual_seed(key("dropout", self.seed, number))
        batches = training_batches(
            self.index,
            self.segments,
            self.setup.batch_frames,
            self.setup.augmentation,
            spacing(self.setup.layers),
            self.alphabet,
            self.seed,
            number,
            (distributed.rank(), distributed.size()),
        )
        self.network.train()
        losses = torch.stack([self._step(batch) for batch in batches]).mean(dim=0)
        found = Epoch(number, float(self.schedule.get_last_lr()[0]), float(losses[0]), float(losses[1]))
        if distributed.rank() > 0:
            return found
        hypotheses, loss = recognise(self.network, self.index, self.development, self.setup.batch_frames, self.alphabet)
        return found._replace(dev_ctc_loss=loss, dev_letter_error_rate=rates(hypotheses)[0])

    def _step(self, batch: Batch) -> Tensor:
        """One step of the optimiser; returns the two losses, without the factor of the course.

        Processes add up to one batch: gradients are averaged over them, so a loss of which each holds a part counts
        as often as there are processes, and the objective, which all compute from the sums over all, once.
        """
        here = batch.to(self.network.device)
        with torch.autocast(self.network.device.type, torch.bfloat16, enabled=self.setup.mixed_precision):
            output = self.model(here.features, here.lengths, here.starts)
        utterances = int(distributed.summed(torch.tensor(len(batch.segments))))
        recognition = ctc_loss(output, batch) * (len(batch.segments) / utterances)
        topography = self.objective(self.network.filters(), output).cpu()
        step, setup = self.schedule.last_epoch + 1, self.setup
        factor = course(step, self.steps, setup.objective_warmup, self.objective.end)
        self.optimiser.zero_grad(set_to_none=True)
        (distributed.size() * recognition + factor * topography).backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), LARGEST_GRADIENT)
        self.optimiser.step()
        self.schedule.step()
        return torch.stack([distributed.summed(recognition.detach()), topography.detach()])

    def warn(self) -> None:
        """Name the training utterances that cannot be learned."""
        lost = too_long(self.segments, timings(self.setup.layers)[-1].stride)
        if lost:
            logger.warning("%d utterances have more letters than frames, such as %s", len(lost), lost[0].utterance)

    def state(self) -> dict[str, Any]:
        """Weights, optimiser and schedule."""
        return {name: getattr(self, name).state_dict() for name in ("network", "optimiser", "schedule")}

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a saved state."""
        for name in ("network", "optimiser", "schedule"):
            getattr(self, name).load_state_dict(state[name])


def _split(index: FeatureIndex, name: str) -> list[Segment]:
    segments = index.split(name)
    if not segments:
        raise InputError(
            f"split {name!r}",
            "no utterance",
            "at least one aligned utterance",
            "give this split more utterances in the section `corpus` of the configuration",
        )
    return segments


def train(trainer: Trainer, resume: Resume) -> list[Epoch]:
    """Train to the last epoch, from the newest usable state; returns the history."""
    state, history = resume.load(), list[Epoch]()
    if state:
        trainer.restore(state)
        history = [Epoch(*row) for row in state["history"]]
        steps.log("epoch", len(history), trainer.setup.epochs, steps.RESUMED)
    trainer.warn()
    epochs, begun, before = trainer.setup.epochs, time.monotonic(), len(history)
    for number in range(before + 1, epochs + 1):
        history.append(trainer.epoch(number))
        if distributed.rank() == 0:
            resume.save({**trainer.state(), "history": [tuple(epoch) for epoch in history]})
        passed = time.monotonic() - begun
        steps.log("epoch", number, epochs, _losses(history[-1], passed, passed / (number - before) * (epochs - number)))
    return history


def _losses(epoch: Epoch, passed: float, left: float) -> str:
    return (
        f"ctc {epoch.ctc_loss:.3f}, objective {epoch.objective_loss:.3f}, "
        f"dev ctc {epoch.dev_ctc_loss:.3f}, dev character error rate {epoch.dev_letter_error_rate:.1%}, "
        f"{passed:.0f} s passed, {left:.0f} s left"
    )
