"""Agreement of the maps of trainings that differ in their seed."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.geometry import read_grids
from phonotopy.comparisons.agreement import TABLE, agreement_rows
from phonotopy.core import logs
from phonotopy.core.tables import write_table
from phonotopy.spatial.phone_maps import read_maps

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    maps = {run: read_maps(path) for run, path in zip(map(tuple, params.runs), source.selectivity, strict=True)}
    grids = {run: read_grids(path) for run, path in zip(map(tuple, params.runs), source.geometry, strict=True)}
    settings = {"number": params.surrogates, "seed": params.seed}
    rows = agreement_rows(params.corpus, maps, grids, **settings)
    write_table(snakemake.output[0], TABLE.columns, rows)
    log.info("%d layers of pairs of trainings", len(rows))
