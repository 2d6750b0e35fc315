"""The rows of several tables with the same columns in one table."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.tables import header, read_table, write_table

snakemake: Snakemake

with logs.opened(snakemake.log[0]):
    rows = [row for path in snakemake.input.parts for row in read_table(path)]
    write_table(snakemake.output[0], header(snakemake.input.parts[0]), rows)
