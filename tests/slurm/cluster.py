"""A SLURM of one node, started for the tests and stopped after them.

Needs root and Debian's packages slurm-wlm and munge. The configuration must stand where SLURM looks for it by default,
since the steps of a job lose SLURM_CONF; a machine that has one already is left alone.
"""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIGURATION = Path("/etc/slurm/slurm.conf")
MARK = "# written by the tests of phonotopy\n"
START_S, STOP_S = 60, 20


class ClusterError(RuntimeError):
    """The cluster cannot be started; the message says why and what to do."""


@contextmanager
def cluster(folder: Path) -> Iterator[None]:
    """A cluster whose state and logs lie in `folder`."""
    _require()
    for directory in (folder, CONFIGURATION.parent):
        directory.mkdir(parents=True, exist_ok=True)
    CONFIGURATION.write_text(_configuration(folder), encoding="utf-8")
    (CONFIGURATION.parent / "gres.conf").write_text(MARK + "Name=gpu Type=none File=/dev/null\n", encoding="utf-8")
    daemons: list[subprocess.Popen[bytes]] = []
    try:
        for command in _commands(folder):
            daemons.append(_started(command, folder))
            time.sleep(1)
        _wait_until_idle(folder)
        yield
    finally:
        subprocess.run(["scancel", "--user", "root"], check=False, capture_output=True, timeout=STOP_S)
        for daemon in reversed(daemons):
            daemon.terminate()
        for daemon in reversed(daemons):
            _stop(daemon)
        CONFIGURATION.unlink()
        (CONFIGURATION.parent / "gres.conf").unlink()


def _require() -> None:
    missing = [name for name in ("munged", "slurmctld", "slurmd", "sbatch") if shutil.which(name) is None]
    if missing:
        raise ClusterError(f"{', '.join(missing)} not found: install the packages slurm-wlm and munge")
    if os.geteuid() != 0:
        raise ClusterError("a cluster of one node is started as root")
    if CONFIGURATION.exists() and not CONFIGURATION.read_text(encoding="utf-8").startswith(MARK):
        raise ClusterError(f"{CONFIGURATION} exists: this machine has a SLURM of its own, which the tests leave alone")


def _configuration(folder: Path) -> str:
    host, cores = socket.gethostname().split(".")[0], os.cpu_count() or 1
    memory_mb = round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**20 * 0.9)
    settings = {
        "ClusterName": "phonotopy",
        "SlurmctldHost": f"{host}(127.0.0.1)",
        "SlurmUser": "root",
        "SlurmdUser": "root",
        "SlurmctldPort": _free_port(),
        "SlurmdPort": _free_port(),
        "AuthType": "auth/munge",
        "AuthInfo": f"socket={folder}/munge.socket",
        "CredType": "cred/munge",
        "StateSaveLocation": folder / "state",
        "SlurmdSpoolDir": folder / "spool",
        "SlurmctldPidFile": folder / "slurmctld.pid",
        "SlurmdPidFile": folder / "slurmd.pid",
        "SlurmctldLogFile": folder / "slurmctld.log",
        "SlurmdLogFile": folder / "slurmd.log",
        "ProctrackType": "proctrack/linuxproc",
        "TaskPlugin": "task/none",
        "SwitchType": "switch/none",
        "MpiDefault": "none",
        "SelectType": "select/cons_tres",
        "SelectTypeParameters": "CR_Core_Memory",
        "JobAcctGatherType": "jobacct_gather/linux",
        "JobAcctGatherFrequency": 2,
        "JobAcctGatherParams": "OverMemoryKill",  # the only limit on memory without cgroups
        "AccountingStorageType": "accounting_storage/none",
        "CommunicationParameters": "NoInAddrAny,NoCtldInAddrAny",  # else it listens to the world
        "MinJobAge": 3600,
        "ReturnToService": 2,
        "SlurmdParameters": "config_overrides",
        "KillWait": 5,
        "GresTypes": "gpu",
        "NodeName": f"{host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory={memory_mb} Gres=gpu:none:1 State=UNKNOWN",
        "PartitionName": f"main Nodes={host} Default=YES MaxTime=INFINITE OverTimeLimit=0 State=UP",
    }
    return MARK + "".join(f"{name}={value}\n" for name, value in settings.items())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _commands(folder: Path) -> list[list[str]]:
    for name in ("state", "spool"):
        (folder / name).mkdir(exist_ok=True)
    folder.chmod(0o755)
    key = folder / "munge.key"
    key.write_bytes(os.urandom(1024))
    key.chmod(0o400)
    files = [f"--key-file={key}", f"--socket={folder}/munge.socket", f"--pid-file={folder}/munge.pid"]
    files += [f"--log-file={folder}/munge.log", f"--seed-file={folder}/munge.seed"]
    host = socket.gethostname().split(".")[0]
    return [["munged", "--foreground", "--force", *files], ["slurmctld", "-D", "-i"], ["slurmd", "-D", "-N", host]]


def _started(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / f"{command[0]}.out").open("wb") as stream:
        return subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT)


def _wait_until_idle(folder: Path) -> None:
    limit = time.monotonic() + START_S
    while time.monotonic() < limit:
        found = subprocess.run(
            ["sinfo", "-h", "-o", "%T"], check=False, capture_output=True, text=True, timeout=START_S
        )
        if re.search(r"\b(idle|mixed)\b", found.stdout):
            return
        time.sleep(0.5)
    logs = "\n".join(f"== {path}\n{path.read_text(errors='replace')[-1500:]}" for path in sorted(folder.glob("*.log")))
    raise ClusterError(f"no idle node after {START_S} s\n{logs}")


def _stop(daemon: subprocess.Popen[bytes]) -> None:
    try:
        daemon.wait(STOP_S)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()
