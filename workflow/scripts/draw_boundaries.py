"""Draw how far onsets of two accounts of the same speech lie apart."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.figures import boundaries, style
from phonotopy.speech.boundaries import read_boundaries

snakemake: Snakemake

with logs.opened(snakemake.log[0]) as log:
    tables = map(read_boundaries, snakemake.input)
    figure = boundaries.draw([boundary for table in tables for boundary in table])
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
