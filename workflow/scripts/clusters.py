"""The table of clusters: clusters of every map, their positions and masses, against permuted positions."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.geometry import read_grids
from phonotopy.core import logs
from phonotopy.core.seeds import key
from phonotopy.core.tables import write_table
from phonotopy.spatial.clusters import TABLE, cluster_test, rows
from phonotopy.spatial.phone_maps import read_maps

snakemake: Snakemake
source, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]) as log:
    maps = read_maps(source.selectivity)
    table: list[dict[str, object]] = []
    for layer, grid in read_grids(source.geometry).items():
        random_key = key("clusters", params.seed, wildcards.condition, wildcards.seed, layer)
        settings = {"permutations": params.permutations, "key": random_key, "threads": snakemake.threads}
        values, live = maps[layer].d_prime[maps[layer].live], maps[layer].live
        found = cluster_test(values, grid, live, forming=params.forming, **settings)
        phones = dict(zip(maps[layer].phones, maps[layer].usable.tolist(), strict=True))
        table += rows(found, phones, {"layer": layer, "null_seed": params.seed}, params.permutations)
        log.info("layer %d: %d clusters, %d permutations", layer, len(found), params.permutations)
    write_table(snakemake.output[0], TABLE.columns, table)
