"""Draw error rates by split and condition."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.figures import recognition, style
from phonotopy.tables import read_table

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    rows = read_table(source.recognition, recognition.COLUMNS)
    figure = recognition.draw(rows, style.Models.of(params.models, params.controls))
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
