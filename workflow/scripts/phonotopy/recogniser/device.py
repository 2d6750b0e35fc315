"""The device that a network computes on, and how exactly."""

import os
from typing import Literal

import torch

from phonotopy.core.errors import InputError

__all__ = ["DeviceName", "prepare"]

DeviceName = Literal["cpu", "cuda"]


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
