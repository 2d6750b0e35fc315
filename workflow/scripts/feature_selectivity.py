"""Selectivity of every unit for articulatory features."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import Cells, Responses, Tokens
from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.core.tables import write_table
from phonotopy.selectivity.d_prime import Criteria, measure
from phonotopy.selectivity.feature_selectivity import TABLE, feature_rows

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    criteria, inventory = Criteria(**params.criteria), read_inventory(source.phones)
    responses = Responses.open(source.responses, source.geometry, source.placement)
    rows: list[dict[str, object]] = []
    for layer, positions in responses.positions.items():
        cells = samples = responses.cells(layer)
        if params.resampling_unit != "speaker":
            tokens = Tokens.read(source.tokens, cells.phones, params.resampling_unit)
            samples = Cells.of(responses.token_means(layer, tokens), tokens)
        rows += feature_rows(layer, cells, samples, measure(cells, criteria, samples), positions, inventory, criteria)
        log.info("layer %d: %d rows so far", layer, len(rows))
    write_table(snakemake.output[0], TABLE.columns, rows)
