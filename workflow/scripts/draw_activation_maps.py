"""Draw the maps of selectivity of one seed."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.figures import activation, runs, sheets, style
from phonotopy.phones import read_inventory

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    tables = runs.read_runs(source.selectivity, params.runs, activation.COLUMNS)
    figure = activation.draw(
        tables,
        int(snakemake.wildcards.seed),
        sheets.read_layers(source.layers),
        params.phones,
        read_inventory(source.phones),
        style.Models.of(params.models, params.controls),
    )
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
