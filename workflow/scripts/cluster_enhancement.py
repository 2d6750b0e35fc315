"""Threshold-free cluster enhancement of every map, on request."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.mapping.cost import cpu_seconds
from phonotopy.mapping.enhancement import COLUMNS, enhanced_rows
from phonotopy.mapping.maps import read_maps
from phonotopy.mapping.responses import read_grids
from phonotopy.tables import write_table

snakemake: Snakemake
source, params, training = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0], f"cluster_enhancement of {training.model}, seed {training.seed}") as log:
    settings = {"null_seed": params.seed, "threads": snakemake.threads}
    read = read_maps(source.selectivity), read_grids(source.layers)

    def _rows(permutations: int) -> list[dict[str, object]]:
        return enhanced_rows(*read, permutations, training=(training.model, training.seed), **settings)

    log.info("about %.0f s of CPU for %d permutations", cpu_seconds(_rows, params.permutations), params.permutations)
    write_table(snakemake.output[0], COLUMNS, _rows(params.permutations))
