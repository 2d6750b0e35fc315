"""Let Snakemake compose its report of everything that is finished, and make it readable."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.pages.repaired_report import STYLES, repair
from phonotopy.pages.templates import Web

snakemake: Snakemake
params, web = snakemake.params, Web(snakemake.params.web)

with logs.opened(snakemake.log[0]) as log, TemporaryDirectory() as folder:
    settings, style, report = (Path(folder) / name for name in ("settings.json", "report.css", "report.html"))
    settings.write_text(params.settings, encoding="utf-8")
    style.write_text(web.text(*STYLES), encoding="utf-8")
    # The outer run holds the lock of the folder; composing a report reads only.
    command = [sys.executable, "-m", "snakemake", "--snakefile", params.snakefile, "--configfile", str(settings)]
    options = ["--nolock", "--report", str(report), "--report-stylesheet", str(style), "--", *params.stages]
    run = subprocess.run([*command, *options], capture_output=True, text=True, check=False)  # noqa: S603
    log.info("%s", run.stdout + run.stderr)
    run.check_returncode()
    repair(report, snakemake.output[0], snakemake.input.index, snakemake.input.tables, web)
