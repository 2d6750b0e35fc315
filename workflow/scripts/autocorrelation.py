"""Moran's I of every map against permuted positions and shifted labels."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.mapping.evidence import AUTOCORRELATION, adjusted, autocorrelation_rows
from phonotopy.mapping.labels import LabelNull
from phonotopy.mapping.maps import read_maps
from phonotopy.mapping.responses import read_grids
from phonotopy.seeds import key
from phonotopy.tables import write_table

snakemake: Snakemake
source, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]) as log:
    grids, maps, labels = read_grids(source.layers), read_maps(source.selectivity), LabelNull.read(source.labels)
    rows: list[dict[str, object]] = []
    for layer, grid in grids.items():
        stream = key("morans_i", params.seed, wildcards.model, wildcards.seed, layer)
        settings = {"permutations": params.permutations, "key": stream, "threads": snakemake.threads}
        rows += autocorrelation_rows(
            {"layer": layer, "null_seed": params.seed}, maps[layer], grid, labels[layer], **settings
        )
        log.info("layer %d: %d permutations", layer, params.permutations)
    write_table(snakemake.output[0], AUTOCORRELATION, adjusted(rows, "statistic", "weights", "null"))
