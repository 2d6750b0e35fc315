"""What every file, column and array of the results means, in one page."""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.provenance.dictionary import compose, write

snakemake: Snakemake
params = snakemake.params

with logs.opened(snakemake.log[0]) as log:
    write(snakemake.output[0], compose(Path(params.text).read_text(encoding="utf-8"), params.described))
    log.info("%d files of modules", len(params.described))
