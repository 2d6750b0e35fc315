"""Draw the manner of articulation that each unit prefers."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.figures import manners, runs, sheets, style
from phonotopy.phones import read_inventory

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    figure = manners.draw(
        runs.read_runs(source.preferences, params.runs, manners.COLUMNS),
        sheets.read_layers(source.layers),
        read_inventory(source.phones),
        style.Models.of(params.models, params.controls),
    )
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
