"""Regions found on one half of the speakers and tested on the other."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.mapping.replication import COLUMNS, replicate, rows
from phonotopy.mapping.responses import Cells, read_grids, read_halves
from phonotopy.mapping.selectivity import Criteria
from phonotopy.tables import write_table

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    table: list[dict[str, object]] = []
    for (layer, grid), path in zip(read_grids(source.layers).items(), source.moments, strict=True):
        cells = Cells.read(path)
        found = replicate(cells, read_halves(path), grid, Criteria(**params.criteria))
        table += rows(found, layer, cells.phones)
        log.info("layer %d: %d regions tested", layer, len(found))
    write_table(snakemake.output[0], COLUMNS, table)
