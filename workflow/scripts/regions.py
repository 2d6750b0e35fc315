"""Regions of responsive units against permuted positions and shifted labels."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.geometry import read_grids
from phonotopy.core import logs
from phonotopy.core.seeds import key
from phonotopy.core.tables import write_table
from phonotopy.inference.evidence import adjusted
from phonotopy.inference.label_null import LabelNull
from phonotopy.spatial.phone_maps import read_maps
from phonotopy.spatial.regions import TABLE, region_rows

snakemake: Snakemake
source, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]) as log:
    grids, maps, labels = read_grids(source.geometry), read_maps(source.selectivity), LabelNull.read(source.label_shift)
    rows: list[dict[str, object]] = []
    for layer, grid in grids.items():
        random_key = key("regions", params.seed, wildcards.condition, wildcards.seed, layer)
        settings = {"permutations": params.permutations, "key": random_key, "threads": snakemake.threads}
        rows += region_rows({"layer": layer, "null_seed": params.seed}, maps[layer], grid, labels[layer], **settings)
        log.info("layer %d: %d permutations", layer, params.permutations)
    write_table(snakemake.output[0], TABLE.columns, adjusted(rows, "statistic", "null"))
