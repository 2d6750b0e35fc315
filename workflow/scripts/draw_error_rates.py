"""Draw error rates by split and condition."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.tables import read_table
from phonotopy.figures import style
from phonotopy.figures.training import error_rates

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    rows = read_table(source.recognition, error_rates.COLUMNS)
    figure = error_rates.draw(rows, style.Conditions.of(params.conditions, params.controls))
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
