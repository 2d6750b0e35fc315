"""Selectivity of every unit for articulatory features."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import Cells, Tokens, read_grids, read_token_means
from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.core.tables import write_table
from phonotopy.selectivity.d_prime import Criteria, measure
from phonotopy.selectivity.feature_selectivity import COLUMNS, feature_rows

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
