"""The weights of every unit, in the order of positions on the grid."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.geometry import read_grids
from phonotopy.activations.placement import read_placement
from phonotopy.activations.unit_filters import unit_filters, write_unit_filters
from phonotopy.core import logs
from phonotopy.recogniser.checkpoint import load_recogniser

snakemake: Snakemake
source = snakemake.input
with logs.opened(snakemake.log[0]) as log:
    network, _ = load_recogniser(source.checkpoint)
    grids = read_grids(source.geometry)
    units = read_placement(source.placement, grids)
    filters = unit_filters(network, {layer: (grid, units[layer]) for layer, grid in grids.items()})
    write_unit_filters(snakemake.output[0], filters)
    log.info("%s", ", ".join(f"layer {layer}: {' x '.join(map(str, of.shape))}" for layer, of in filters.items()))
