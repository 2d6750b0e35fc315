"""What recognisers spell for each letter."""

from snakemake.iocontainers import Snakemake

from phonotopy.comparisons.letter_confusions import TABLE, letter_confusions
from phonotopy.core import logs
from phonotopy.core.tables import read_table, write_table

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    paths = zip(map(tuple, params.runs), source.transcripts, strict=True)
    rows = list(letter_confusions(params.corpus, {run: read_table(path) for run, path in paths}))
    write_table(snakemake.output[0], TABLE.columns, rows)
    log.info("%d pairs of letters", len(rows))
