"""Draw tokens and durations of labels."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.figures import durations, style
from phonotopy.phones import read_inventory
from phonotopy.tables import read_table

snakemake: Snakemake
source = snakemake.input

with logs.opened(snakemake.log[0]) as log:
    rows = read_table(source.durations, durations.COLUMNS)
    figure = durations.draw(rows, read_inventory(source.phones).labels)
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
