"""Error rates of all trainings in one table."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.tables import read_table, write_table
from phonotopy.recogniser.recognition import TABLE

snakemake: Snakemake

with logs.opened(snakemake.log[0]):
    write_table(snakemake.output[0], TABLE.columns, [row for path in snakemake.input.parts for row in read_table(path)])
