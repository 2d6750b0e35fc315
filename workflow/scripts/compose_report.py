"""Let Snakemake compose its report of everything that is finished, and make it readable."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.files import replacing
from phonotopy.pages.repaired_report import repaired
from phonotopy.pages.templates import SHARED, Web

snakemake: Snakemake
params, web = snakemake.params, Web(snakemake.params.web)

with logs.opened(snakemake.log[0]) as log, TemporaryDirectory() as folder:
    settings, style, report = (Path(folder) / name for name in ("settings.json", "report.css", "report.html"))
    settings.write_text(params.settings, encoding="utf-8")
    style.write_text(web.text(*SHARED, "report.css"), encoding="utf-8")
    # The outer run holds the lock of the folder; composing a report reads only.
    command = [sys.executable, "-m", "snakemake", "--snakefile", params.snakefile, "--configfile", str(settings)]
    options = ["--nolock", "--report", str(report), "--report-stylesheet", str(style), "--", *params.stages]
    run = subprocess.run([*command, *options], capture_output=True, text=True, check=False)  # noqa: S603
    log.info("%s", run.stdout + run.stderr)
    run.check_returncode()
    tables = {Path(file).stem: Path(file).read_text(encoding="utf-8") for file in snakemake.input.tables}
    index = Path(snakemake.input.index).read_text(encoding="utf-8")
    page = repaired(report.read_text(encoding="utf-8"), index, tables, web.text("report.js"))
    with replacing(snakemake.output[0]) as part:
        part.write_text(page, encoding="utf-8")
