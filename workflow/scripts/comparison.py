"""All ways to get a map beside each other."""

from snakemake.iocontainers import Snakemake

from phonotopy.comparisons.comparison import TABLE, comparison, read_grids_of, read_maps_table
from phonotopy.core import logs
from phonotopy.core.tables import write_table

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    settings = {"margin": params.margin, "bootstraps": params.bootstraps, "seed": params.seed}
    tables = read_maps_table(source.maps), read_grids_of(source.topography)
    rows = comparison(params.corpus, *tables, params.ways, params.origins, params.control, **settings)
    write_table(snakemake.output[0], TABLE.columns, rows)
    log.info("%d rows, %d tested", len(rows), sum(row["status"] == "ok" for row in rows))
