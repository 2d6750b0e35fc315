"""Moran's I of the maps of all measures of the units of one recogniser."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.geometry import read_grids
from phonotopy.core import logs
from phonotopy.core.inventory import MEAN
from phonotopy.core.seeds import key
from phonotopy.core.tables import write_table
from phonotopy.inference.families import adjusted
from phonotopy.introspection.measure_maps import TABLE, map_rows
from phonotopy.introspection.measures import read_measures

snakemake: Snakemake
source, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]) as log:
    grids = read_grids(source.geometry)
    rows: list[dict[str, object]] = []
    for layer, measures in read_measures(list(source.measures), grids).items():
        own = key("measure maps", params.seed, wildcards.condition, wildcards.seed, layer)
        found = map_rows(measures, grids[layer], params.contiguity, permutations=params.permutations, key=own)
        rows += [row | {"layer": layer, "null_seed": params.seed} for row in found]
        log.info("layer %d: %d measures", layer, len(measures))
    adjusted((row for row in rows if row["label"] in (MEAN, "")), "measure")
    write_table(snakemake.output[0], TABLE.columns, rows)
