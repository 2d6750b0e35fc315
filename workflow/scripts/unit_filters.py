"""The weights of every unit of every training, in the order of positions on the grid."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.geometry import read_grids
from phonotopy.activations.placement import read_placement
from phonotopy.activations.unit_filters import unit_filters, write_unit_filters
from phonotopy.core import logs
from phonotopy.recogniser.checkpoint import load_recogniser

snakemake: Snakemake
source = snakemake.input
with logs.opened(snakemake.log[0]) as log:
    for checkpoint, geometry, placement, output in zip(
        source.checkpoint, source.geometry, source.placement, snakemake.output, strict=True
    ):
        network, _ = load_recogniser(checkpoint)
        grids = read_grids(geometry)
        units = read_placement(placement, grids)
        filters = unit_filters(network, {layer: (grid, units[layer]) for layer, grid in grids.items()})
        write_unit_filters(output, filters)
        log.info("%s: %s", output, ", ".join(" x ".join(map(str, of.shape)) for of in filters.values()))
