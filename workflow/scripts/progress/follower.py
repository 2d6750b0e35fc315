"""How a run is reported: by Snakemake's own blocks on request, else by its progress and what goes wrong."""

import logging
import os
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from snakemake.logging import ColorizingTextHandler, LogEvent, logger
from snakemake.settings.enums import Quietness

from progress.forecast import Forecast
from progress.jobs import Job
from progress.lines import Lines
from progress.run import Run
from progress.words import ending

__all__ = ["Follower", "follow"]

BLOCKS = {  # records of Snakemake that are shown on request
    LogEvent.WORKFLOW_STARTED,
    LogEvent.RUN_INFO,
    LogEvent.RESOURCES_INFO,
    LogEvent.JOB_INFO,
    LogEvent.JOB_STARTED,
    LogEvent.JOB_FINISHED,
    LogEvent.GROUP_INFO,
    LogEvent.SHELLCMD,
    LogEvent.PROGRESS,
}
CHATTER = (  # beginnings of messages without an event; what a later Snakemake may say beside them is shown
    "Assuming unrestricted shared filesystem usage.",
    "Building DAG of jobs...",
    "Using shell: ",
    "Group jobs: inactive",
    "Conda environments: ignored",
    "Singularity containers: ignored",
    "Select jobs to execute...",
    "Elapsed time: ",
)
OF_FAILURES = "Complete log(s): "
ALONE = {Quietness.ALL, Quietness.PROGRESS, Quietness.RULES}


class Reporter(Protocol):
    """Reports a run."""

    forecast: Forecast | None

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def begun(self, job: Job) -> None: ...
    def ended(self, job: Job) -> None: ...


class Follower(logging.Handler):
    """Follows the records of a run, keeps Snakemake's blocks from the console unless they are wanted, and reports."""

    def __init__(self, console: ColorizingTextHandler, look_first: Callable[[], str], *, blocks: bool) -> None:
        super().__init__(logging.INFO)
        self.console, self.look_first, self.run = console, look_first, Run()
        self.started = self.at_work = False
        self.hides = not blocks
        self.reporter = self._reporter(blocks=blocks)
        console.addFilter(self._shown)

    def plan(self, settings: Mapping[str, Any], threads: Mapping[str, int], cores: int | None) -> None:
        """What is known before the first job, from which the rest of the time follows."""
        self.reporter.forecast = Forecast(settings, threads, cores)

    def emit(self, record: logging.LogRecord) -> None:
        """Follow a record; a fault in reporting ends the reports alone."""
        try:
            self._follow(record)
        except Exception as error:
            self.hides = False
            logger.removeHandler(self)
            self.reporter.stop()
            logger.warning("The display of progress has ended: %r", error)

    def close(self) -> None:
        """Where to look, as the last line of a run that made all that was asked for."""
        super().close()
        self.reporter.stop()
        if self.started and self.run.complete:
            self.console.stream.write(f"{ending(self.run, self.look_first())}\n")
            self.console.flush()
        self.started = False

    def _follow(self, record: logging.LogRecord) -> None:
        event = getattr(record, "event", None)
        self.started |= event == LogEvent.WORKFLOW_STARTED
        if event == LogEvent.JOB_STARTED and not self.at_work:
            self.at_work = True
            self.reporter.start()
        job = self.run.take(record)
        if job:
            (self.reporter.begun if event == LogEvent.JOB_INFO else self.reporter.ended)(job)

    def _shown(self, record: logging.LogRecord) -> bool:
        """Whether the console gets a record: warnings and errors always do."""
        if not self.hides or record.levelno >= logging.WARNING:
            return True
        event, message = getattr(record, "event", None), str(record.msg)
        hidden = (*CHATTER, *(() if self.run.failed else (OF_FAILURES,)))
        return event not in BLOCKS and not (event is None and message.startswith(hidden))

    def _reporter(self, *, blocks: bool) -> Reporter:
        if blocks or not _updates(self.console):
            return Lines(self.run, self._write, steps_alone=blocks)
        try:
            from progress.foot import Foot  # noqa: PLC0415  # rich is slow to start, and few runs need it
        except ImportError:  # Snakemake of an environment that has none of our packages; those of jobs are conda's
            return Lines(self.run, self._write)
        return Foot(self.run, self.console.stream)

    def _write(self, line: str) -> None:
        self.console.handle(logging.makeLogRecord({"msg": line, "levelno": logging.INFO, "levelname": "INFO"}))


def follow(workflow: Any, look_first: Callable[[], str]) -> Follower | None:
    """Follow a workflow that is about to run; None where it is asked to be silent, or is but a part of another run.

    `look_first` names the page that a reader is to open when all is done.
    """
    output = workflow.output_settings
    console = next((one for one in logger.handlers if isinstance(one, ColorizingTextHandler)), None)
    silent = output.dryrun or ALONE & set(output.quiet or ())
    if console is None or silent or not workflow.is_main_process or not workflow.modifier.is_main_snakefile():
        return None
    console.nocolor |= bool(os.environ.get("NO_COLOR"))
    follower = Follower(console, look_first, blocks=output.verbose or output.printshellcmds or output.debug_dag)
    logger.addHandler(follower)
    return follower


def _updates(console: ColorizingTextHandler) -> bool:
    """Whether lines can be renewed: on a terminal that a person looks at."""
    return console.is_tty and os.environ.get("TERM", "dumb") not in ("dumb", "unknown") and not os.environ.get("CI")
