"""Selectivity of every unit for articulatory features."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.mapping.articulation import COLUMNS, feature_rows
from phonotopy.mapping.responses import Cells, Tokens, read_grids, read_token_means
from phonotopy.mapping.selectivity import Criteria, measure
from phonotopy.phones import read_inventory
from phonotopy.tables import write_table

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    criteria, inventory = Criteria(**params.criteria), read_inventory(source.phones)
    rows: list[dict[str, object]] = []
    for (layer, grid), moments, means in zip(
        read_grids(source.layers).items(), source.moments, source.means, strict=True
    ):
        cells = samples = Cells.read(moments)
        if params.resampling_unit != "speaker":
            tokens = Tokens.read(source.tokens, cells.phones, params.resampling_unit)
            samples = Cells.of(read_token_means(means, tokens, grid), tokens)
        rows += feature_rows(layer, cells, samples, measure(cells, criteria, samples), grid, inventory, criteria)
        log.info("layer %d: %d rows so far", layer, len(rows))
    write_table(snakemake.output[0], COLUMNS, rows)
