"""The device that a network computes on, and how exactly."""

import logging
import os
from pathlib import Path
from typing import Literal

import torch

from phonotopy.core.errors import InputError

__all__ = ["DeviceName", "Precision", "knows_bfloat16", "prepare", "warn_of"]

DeviceName = Literal["cpu", "cuda"]
Precision = Literal["float32", "bfloat16"]
BFLOAT16 = {"avx512_bf16", "amx_bf16", "bf16"}  # names of its instructions: of Intel and AMD, of Intel, of ARM

logger = logging.getLogger("phonotopy")


def knows_bfloat16(description: str) -> bool:
    """Whether a processor multiplies bfloat16 itself, from what Linux says of it in /proc/cpuinfo."""
    return not BFLOAT16.isdisjoint(description.split())


def warn_of(precision: Precision, name: DeviceName) -> None:
    """Say that a precision which saves time elsewhere costs much more on this processor."""
    described = Path("/proc/cpuinfo")
    if precision == "bfloat16" and name == "cpu" and described.exists() and not knows_bfloat16(described.read_text()):
        logger.warning(
            "training.precision: this processor has no instructions for bfloat16, which takes 2 (AVX-512) to 14 times "
            "(AVX2) as long as float32 on such; set float32, unless the numbers of another machine are to be met"
        )


def prepare(name: DeviceName, threads: int, index: int = 0) -> torch.device:
    """The named device, set to give the same result each time; `index` is the number of the GPU among those visible.

    `threads` compute threads on the processor. Raises InputError where a GPU is asked for and there is none.
    """
    torch.set_num_threads(threads)
    if name == "cpu":
        return torch.device("cpu")
    if index >= torch.cuda.device_count():
        raise InputError(
            "training.device",
            f"{torch.cuda.device_count()} GPUs that PyTorch can use",
            f"at least {index + 1}",
            "run on a machine with GPUs (profiles/gpu, profiles/slurm), or set training.device to cpu",
            "there is none, its driver is too old, or the job did not ask for it",
        )
    # Without it, matrix products may differ from run to run.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(mode=True)
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.allow_tf32 = False  # float32 is to mean float32
    return torch.device("cuda", index)
