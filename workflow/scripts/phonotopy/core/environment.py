"""What a process runs on: processor, device, threads and packages."""

import json
import platform
import re
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

__all__ = ["MADE_WITH", "environment", "processor", "read_environment"]

MADE_WITH = "made with "  # opens the line of a log that states the environment of a finished job
WIDEST = ("avx512_bf16", "avx512f", "avx2", "avx", "sve", "asimd", "neon")  # vector instructions, widest first
CPUINFO = Path("/proc/cpuinfo")


def environment() -> dict[str, Any]:
    """Processor, vector instructions, system, device, compute threads, and versions of the packages loaded so far.

    Numbers depend on all of these in their last digits. Nothing is imported for the sake of it: a process that has not
    loaded torch computes on the processor, and has no compute threads.
    """
    model, instructions = processor()
    torch = sys.modules.get("torch")
    on_gpu = torch is not None and torch.cuda.is_initialized()
    return {
        "processor": model,
        "instructions": instructions,
        "system": f"{platform.system()} {platform.machine()}",
        "device": torch.cuda.get_device_name() if torch is not None and on_gpu else "cpu",
        "threads": torch.get_num_threads() if torch is not None else None,
        "python": platform.python_version(),
        "packages": _loaded(),
    }


def processor() -> tuple[str, str]:
    """Name of the processor and its widest vector instructions that are known here, as far as the system says."""
    text = CPUINFO.read_text(encoding="utf-8", errors="replace") if CPUINFO.exists() else ""
    name = re.search(r"^(?:model name|Hardware)\s*: (.*)$", text, re.MULTILINE)
    flags = re.search(r"^(?:flags|Features)\s*: (.*)$", text, re.MULTILINE)
    present = set(flags[1].split()) if flags else set()
    widest = next((word for word in WIDEST if word in present), "unknown")
    return name[1].strip() if name else platform.processor() or platform.machine(), widest


def _loaded() -> dict[str, str]:
    """Versions of loaded packages by the name of their module, standard library left out."""
    found = {}
    for name, module in sorted(sys.modules.items()):
        if "." not in name and not name.startswith("_") and name not in sys.stdlib_module_names:
            known = _version(name) or getattr(module, "__version__", None)
            if isinstance(known, str):
                found[name] = known
    return found


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None  # the module is named otherwise than its package, as yaml is


def read_environment(log: str | Path) -> dict[str, Any] | None:
    """The environment that a log ends with, or None where its job has not finished."""
    lines = Path(log).read_text(encoding="utf-8", errors="replace").splitlines()
    made = next((line for line in reversed(lines) if f" INFO {MADE_WITH}" in line), None)
    found: dict[str, Any] | None = json.loads(made.partition(MADE_WITH)[2]) if made else None
    return found
