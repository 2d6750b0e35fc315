"""Draw the regions of some phones, and number and size of regions by layer."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.figures import runs, sheets, style
from phonotopy.figures.maps import regions

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    figure = regions.draw(
        runs.read_runs(source.selectivity, params.runs, regions.COLUMNS),
        runs.read_runs(source.regions, params.runs),
        sheets.read_layers(source.layers),
        params.phones,
        read_inventory(source.phones),
        style.Conditions.of(params.conditions, params.controls),
        params.false_discovery_rate,
    )
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
