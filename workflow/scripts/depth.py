"""Trends of the statistics of maps over the depth of the network."""

from snakemake.iocontainers import Snakemake

from phonotopy.comparisons.depth import STATISTICS, TABLE, depth
from phonotopy.core import logs
from phonotopy.core.tables import number, read_table, write_table

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    rows = read_table(source.topography, {"seed": int, "layer": int, **dict.fromkeys(STATISTICS, number)})
    found = depth(params.corpus, rows, seed=params.seed)
    write_table(snakemake.output[0], TABLE.columns, found)
    log.info("%d trends", len(found))
