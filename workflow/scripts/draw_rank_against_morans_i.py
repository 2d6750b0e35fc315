"""Draw the effective rank of responses against Moran's I."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.tables import read_table
from phonotopy.figures import style
from phonotopy.figures.statistics import rank_against_morans_i

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    figure = rank_against_morans_i.draw(
        read_table(source.topography, rank_against_morans_i.COLUMNS),
        style.Conditions.of(params.conditions, params.controls),
    )
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
