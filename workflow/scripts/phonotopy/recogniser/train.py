"""A whole training as one piece of work, done here or by several processes."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch

from phonotopy.core.environment import environment
from phonotopy.core.tables import write_table
from phonotopy.recogniser import distributed
from phonotopy.recogniser.checkpoint import Resume, save_recogniser
from phonotopy.recogniser.device import prepare, warn_of
from phonotopy.recogniser.features import open_features
from phonotopy.recogniser.fitting import Epoch, Setup, Trainer, train

__all__ = ["Job", "run", "share"]

WORKER = "phonotopy.recogniser.worker"
logger = logging.getLogger("phonotopy")


@dataclass(frozen=True)
class Job:
    """What to train, from which files, and where the result goes; all of it plain values.

    `settings` of the section `training`, `analysis` of the features, `content` a digest of code and data.
    """

    settings: Mapping[str, Any]
    objective: Mapping[str, Any]
    analysis: Mapping[str, Any]
    seed: int
    features: str
    index: str
    checkpoint: str
    history: str
    content: str


def run(job: Job) -> None:
    """Train in this process, or in as many as the settings say."""
    settings = job.settings
    if settings["processes"] == 1:
        _fit(job, prepare(settings["device"], settings["threads"]))
        return
    for line in distributed.launch(WORKER, json.dumps(asdict(job)), settings["processes"], settings["threads"]):
        logger.info("%s", line)


def share(argument: str) -> None:
    """The part of one process, started by the launcher with a job as JSON."""
    job = Job(**json.loads(argument))
    with distributed.joined(job.settings["device"]) as index:
        _fit(job, prepare(job.settings["device"], job.settings["threads"], index))


def _fit(job: Job, device: torch.device) -> None:
    if distributed.rank() == 0:
        warn_of(job.settings["precision"], job.settings["device"])
    setup = Setup.of(job.settings, job.objective, hop_s=job.analysis["hop_s"], analysis=job.analysis)
    trainer = Trainer(open_features(job.features, job.index), setup, seed=job.seed, device=device)
    resume = Resume(job.checkpoint, job.content + json.dumps([job.settings, job.objective], sort_keys=True))
    history = train(trainer, resume)
    if distributed.rank() == 0:
        write_table(job.history, Epoch._fields, (epoch._asdict() for epoch in history))
        settings = {**job.analysis, "alphabet": trainer.alphabet}
        origin = {"seed": job.seed, "setup": job.settings, "objective": job.objective, **environment()}
        save_recogniser(job.checkpoint, trainer.network, settings, origin)
        resume.clear()
