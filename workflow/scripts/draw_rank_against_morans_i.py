"""Draw the effective rank of responses against Moran's I."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.figures import rank, style
from phonotopy.tables import read_table

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    figure = rank.draw(read_table(source.topography, rank.COLUMNS), style.Models.of(params.models, params.controls))
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
