"""Draw tokens and durations of labels."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.core.tables import read_table
from phonotopy.figures import style
from phonotopy.figures.speech import durations

snakemake: Snakemake
source = snakemake.input

with logs.opened(snakemake.log[0]) as log:
    rows = read_table(source.durations, durations.COLUMNS)
    figure = durations.draw(rows, read_inventory(source.phones).labels)
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
