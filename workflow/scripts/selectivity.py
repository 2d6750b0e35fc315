"""Selectivity of every unit for every phone."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import Cells, Responses, Tokens
from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.core.seeds import key
from phonotopy.selectivity.d_prime import Criteria, measure
from phonotopy.selectivity.selectivity import details, write_preferences, write_selectivity

snakemake: Snakemake
source, output, params, wildcards = snakemake.input, snakemake.output, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]) as log:
    responses, layers, beside = Responses.open(source.responses, source.geometry, source.placement), {}, {}
    for layer in responses.layers:
        cells = responses.cells(layer)
        tokens = Tokens.read(source.tokens, cells.phones, params.resampling_unit)
        values = responses.token_means(layer, tokens)
        samples = cells if params.resampling_unit == "speaker" else Cells.of(values, tokens)
        found = layers[layer] = measure(cells, Criteria(**params.criteria), samples)
        random_key = key("selectivity", params.seed, params.origin, wildcards.seed, layer)
        beside[layer] = details(values, tokens, samples, found, bootstraps=params.bootstraps, key=random_key)
        log.info("layer %d: %d live units, %d phones tested", layer, found.live.sum(), found.usable.sum())
    write_selectivity(output.selectivity, layers, responses.positions, beside)
    write_preferences(output.preferences, layers, responses.positions, read_inventory(source.phones))
