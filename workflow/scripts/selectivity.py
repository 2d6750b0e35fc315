"""Selectivity of every unit for every phone."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.mapping.maps import write_preferences, write_selectivity
from phonotopy.mapping.responses import Cells, Tokens, read_grids, read_token_means
from phonotopy.mapping.selectivity import Criteria, measure
from phonotopy.phones import read_inventory

snakemake: Snakemake
source, output, params = snakemake.input, snakemake.output, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    grids, layers = read_grids(source.layers), {}
    for (layer, grid), moments, means in zip(grids.items(), source.moments, source.means, strict=True):
        cells, samples = Cells.read(moments), None
        if params.resampling_unit != "speaker":
            tokens = Tokens.read(source.tokens, cells.phones, params.resampling_unit)
            samples = Cells.of(read_token_means(means, tokens, grid), tokens)
        layers[layer] = measure(cells, Criteria(**params.criteria), samples)
        found = layers[layer]
        log.info("layer %d: %d live units, %d phones tested", layer, found.live.sum(), found.usable.sum())
    write_selectivity(output.selectivity, layers, grids)
    write_preferences(output.preferences, layers, grids, read_inventory(source.phones))
