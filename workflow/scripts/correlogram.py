"""Moran's I of every map by distance, against permuted positions."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.geometry import read_grids
from phonotopy.core import logs
from phonotopy.core.seeds import key
from phonotopy.core.tables import write_table
from phonotopy.spatial.correlogram import TABLE, correlogram, rows
from phonotopy.spatial.phone_maps import read_maps

snakemake: Snakemake
source, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]) as log:
    maps = read_maps(source.selectivity)
    table: list[dict[str, object]] = []
    for layer, grid in read_grids(source.geometry).items():
        random_key = key("correlogram", params.seed, wildcards.condition, wildcards.seed, layer)
        settings = {"permutations": params.permutations, "key": random_key, "threads": snakemake.threads}
        found = correlogram(maps[layer].d_prime[maps[layer].live], grid, maps[layer].live, **settings)
        identity = {"layer": layer, "null_seed": params.seed}
        table += rows(found, maps[layer].phones, identity, params.permutations)
        log.info("layer %d: %d distances, %d permutations", layer, len(found.distance), params.permutations)
    write_table(snakemake.output[0], TABLE.columns, table)
