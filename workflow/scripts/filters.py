"""Frequency responses of the filters of the first hidden layer, and where on its grid they stand."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.geometry import read_grids
from phonotopy.activations.placement import read_placement
from phonotopy.core import logs
from phonotopy.core.tables import write_table
from phonotopy.introspection.filters.filter_weights import WEIGHTS, FilterWeights, weight_rows
from phonotopy.introspection.filters.filters import FIRST, TABLES, frequency_response, measures_of, rows_of
from phonotopy.introspection.measures import write_measures
from phonotopy.recogniser.checkpoint import load_recogniser

snakemake: Snakemake
source = snakemake.input
with logs.opened(snakemake.log[0]) as log:
    network, settings = load_recogniser(source.checkpoint)
    grids = read_grids(source.geometry)
    positions = grids[FIRST], read_placement(source.placement, grids)[FIRST]
    response = frequency_response(network, settings)
    write_table(snakemake.output[0], TABLES[0].columns, rows_of(response, positions, settings))
    write_measures(snakemake.output[1], {FIRST: measures_of(response)}, {FIRST: positions})
    weights = FilterWeights.of(network, settings)
    write_table(snakemake.output[2], WEIGHTS.columns, weight_rows(weights, positions, FIRST))
    log.info(
        "%d filters, best from %.0f to %.0f Hz",
        len(response.gain),
        *sorted(response.best_frequency)[:: len(response.gain) - 1],
    )
