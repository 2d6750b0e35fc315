"""Draw error rate and loss by epoch."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.figures import runs, style
from phonotopy.figures.training import learning_curves

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    tables = runs.read_runs(source.history, params.runs, learning_curves.COLUMNS)
    figure = learning_curves.draw(tables, style.Conditions.of(params.conditions, params.controls))
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
