"""Draw error rate and loss by epoch."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.figures import learning, runs, style

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    tables = runs.read_runs(source.history, params.runs, learning.COLUMNS)
    figure = learning.draw(tables, style.Models.of(params.models, params.controls))
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
