"""Local Moran's I of every unit and phone, on request."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.geometry import read_grids
from phonotopy.core import logs
from phonotopy.core.tables import write_table
from phonotopy.inference.cost import cpu_seconds
from phonotopy.spatial.local_morans_i import TABLE, local_rows
from phonotopy.spatial.phone_maps import read_maps

snakemake: Snakemake
source, params, training = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0], f"local_morans_i of {training.condition}, seed {training.seed}") as log:
    settings = {"null_seed": params.seed, "threads": snakemake.threads, "contiguity": params.contiguity}
    read = read_maps(source.selectivity), read_grids(source.geometry)

    def _rows(permutations: int) -> list[dict[str, object]]:
        return local_rows(*read, permutations, training=(training.condition, training.seed), **settings)

    log.info("about %.0f s of CPU for %d permutations", cpu_seconds(_rows, params.permutations), params.permutations)
    write_table(snakemake.output[0], TABLE.columns, _rows(params.permutations))
