"""Let Snakemake compose its report of everything that is finished."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from snakemake.iocontainers import Snakemake

from phonotopy.core.files import replacing

snakemake: Snakemake
params = snakemake.params

with TemporaryDirectory() as folder, replacing(snakemake.output[0]) as part, Path(snakemake.log[0]).open("w") as log:
    settings = Path(folder) / "settings.json"
    settings.write_text(params.settings, encoding="utf-8")
    # The outer run holds the lock of the folder; composing a report reads only.
    command = [sys.executable, "-m", "snakemake", "--snakefile", params.snakefile, "--configfile", str(settings)]
    options = ["--nolock", "--report", str(part), "--", *params.stages]
    subprocess.run([*command, *options], stdout=log, stderr=subprocess.STDOUT, check=True)  # noqa: S603
