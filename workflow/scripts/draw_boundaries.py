"""Draw how far onsets of two accounts of the same speech lie apart."""

from snakemake.iocontainers import Snakemake

from phonotopy.alignment.boundaries import read_boundaries
from phonotopy.core import logs
from phonotopy.figures import style
from phonotopy.figures.speech import boundaries

snakemake: Snakemake

with logs.opened(snakemake.log[0]) as log:
    tables = map(read_boundaries, snakemake.input)
    figure = boundaries.draw([boundary for table in tables for boundary in table])
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
