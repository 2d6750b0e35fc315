"""What every file, column and array of the results means, in one page."""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from declarations.tables import described
from phonotopy.core import logs
from phonotopy.provenance.dictionary import compose, write

snakemake: Snakemake

with logs.opened(snakemake.log[0]) as log:
    page = compose(Path(snakemake.params.text).read_text(encoding="utf-8"), described())
    write(snakemake.output[0], page)
    log.info("%d files", len(described()))
