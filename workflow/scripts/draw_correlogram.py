"""Draw Moran's I by distance."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.figures import correlogram, style
from phonotopy.figures.runs import read_runs
from phonotopy.figures.sheets import read_layers

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    models = style.Models.of(params.models, params.controls)
    tables = read_runs(source.correlogram, params.runs, correlogram.COLUMNS)
    style.save(correlogram.draw(tables, read_layers(source.layers), models), snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
