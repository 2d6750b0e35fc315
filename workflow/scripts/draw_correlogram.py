"""Draw Moran's I by distance."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.figures import style
from phonotopy.figures.runs import read_runs
from phonotopy.figures.sheets import read_layers
from phonotopy.figures.statistics import correlogram

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    conditions = style.Conditions.of(params.conditions, params.controls)
    tables = read_runs(source.correlogram, params.runs, correlogram.COLUMNS)
    style.save(correlogram.draw(tables, read_layers(source.layers), conditions), snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
