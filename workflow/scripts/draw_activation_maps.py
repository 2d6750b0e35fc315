"""Draw the maps of selectivity of one seed."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.figures import runs, sheets, style
from phonotopy.figures.maps import activation_maps

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    tables = runs.read_runs(source.selectivity, params.runs, activation_maps.COLUMNS)
    figure = activation_maps.draw(
        tables,
        int(snakemake.wildcards.seed),
        sheets.read_layers(source.layers),
        params.phones,
        read_inventory(source.phones),
        style.Conditions.of(params.conditions, params.controls),
    )
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
