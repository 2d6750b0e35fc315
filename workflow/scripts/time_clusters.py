"""Clusters over time and the grid, on request."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import Responses
from phonotopy.core import logs
from phonotopy.core.tables import write_table
from phonotopy.inference.cost import cpu_seconds
from phonotopy.spatial.phone_maps import read_maps
from phonotopy.temporal.time_clusters import TABLE, time_cluster_rows
from phonotopy.temporal.timing import OnsetLocked

snakemake: Snakemake
source, params, training = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0], f"time_clusters of {training.condition}, seed {training.seed}") as log:
    settings = {"forming": params.forming, "null_seed": params.seed, "threads": snakemake.threads}
    maps, responses = read_maps(source.selectivity), Responses.open(source.responses, source.geometry, source.placement)
    grids = {number: layer.grid for number, layer in responses.layers.items()}
    locked = {layer: OnsetLocked.of(responses, layer, found.usable) for layer, found in maps.items()}

    def _rows(permutations: int) -> list[dict[str, object]]:
        return time_cluster_rows(
            maps, grids, locked, permutations, training=(training.condition, training.seed), **settings
        )

    log.info("about %.0f s of CPU for %d permutations", cpu_seconds(_rows, params.permutations), params.permutations)
    write_table(snakemake.output[0], TABLE.columns, _rows(params.permutations))
