"""Processes that train one network together: what each must know of the others."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch.distributed as dist
from torch import Tensor
from torch.distributed.nn.functional import all_reduce

from phonotopy.core.errors import InputError
from phonotopy.recogniser.device import DeviceName

__all__ = ["joined", "launch", "rank", "size", "summed"]

LIBRARY = Path(__file__).parents[2]  # the folder that holds the package
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


def size() -> int:
    """Number of processes that train together; 1 outside of `joined`."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """Number of this process, from 0; the first one writes files and the log."""
    return dist.get_rank() if dist.is_initialized() else 0


def summed(values: Tensor) -> Tensor:
    """Sum over processes, through which gradients flow; the values themselves where there is one process."""
    return all_reduce(values) if size() > 1 else values  # type: ignore[no-untyped-call]


@contextmanager
def joined(device: DeviceName) -> Iterator[int]:
    """Join the processes that the launcher started; yields the number of this one on its machine.

    Numbers on the processor travel by gloo, those on GPUs by nccl.
    """
    ended_with_parent()
    dist.init_process_group("cpu:gloo,cuda:nccl" if device == "cuda" else "gloo")
    try:
        yield int(os.environ["LOCAL_RANK"])
    finally:
        dist.destroy_process_group()


def ended_with_parent() -> None:
    """Let the kernel kill this process when its parent ends, so that none goes on writing behind a killed run."""
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)


def launch(module: str, argument: str, processes: int, threads: int) -> Iterator[str]:
    """Run a module in several processes by PyTorch's launcher; yields what they print, line by line.

    Raises InputError if one of them fails.
    """
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    paths = [str(LIBRARY), *filter(None, [os.environ.get("PYTHONPATH")])]
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": str(threads)}
    with subprocess.Popen(  # noqa: S603  # our own interpreter and module
        [*command, "-m", module, argument],
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=ended_with_parent,  # noqa: PLW1509  # no thread runs here yet
    ) as running:
        yield from (line.rstrip("\n") for line in running.stdout or ())
    if running.returncode:
        raise InputError(
            "training.processes",
            f"the launcher of {processes} processes ended with {running.returncode}",
            "all of them at work until the end",
            "see the log of this training, where the first failure stands on top",
            "too few GPUs or too little memory for as many processes",
        )
