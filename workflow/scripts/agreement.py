"""Agreement of the maps of trainings that differ in their seed."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.mapping.agreement import COLUMNS, agreement_rows
from phonotopy.mapping.maps import read_maps
from phonotopy.mapping.responses import read_grids
from phonotopy.tables import write_table

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    maps = {run: read_maps(path) for run, path in zip(map(tuple, params.runs), source.selectivity, strict=True)}
    grids, settings = read_grids(source.layers), {"number": params.surrogates, "seed": params.seed}
    rows = agreement_rows(params.corpus, maps, grids, **settings)
    write_table(snakemake.output[0], COLUMNS, rows)
    log.info("%d layers of pairs of trainings", len(rows))
