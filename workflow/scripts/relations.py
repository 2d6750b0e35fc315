"""How maps of measures of the units of one recogniser agree with each other, and with d′."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.geometry import read_grids
from phonotopy.core import logs
from phonotopy.core.seeds import key
from phonotopy.core.tables import write_table
from phonotopy.inference.families import adjusted
from phonotopy.introspection.measures import read_measures
from phonotopy.introspection.relations import TABLE, relation_rows, selective
from phonotopy.spatial.phone_maps import read_maps

snakemake: Snakemake
source, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]) as log:
    grids, maps = read_grids(source.geometry), read_maps(source.selectivity)
    rows: list[dict[str, object]] = []
    for layer, measures in read_measures(list(source.measures), grids).items():
        own = key("relations", params.seed, wildcards.condition, wildcards.seed, layer)
        together = [*measures, *selective(maps[layer])]
        found = relation_rows(together, grids[layer], params.contiguity, surrogates=params.surrogates, key=own)
        rows += [row | {"layer": layer, "null_seed": params.seed} for row in found]
        log.info("layer %d: %d measures", layer, len(measures))
    write_table(snakemake.output[0], TABLE.columns, adjusted(rows, "first", "second"))
