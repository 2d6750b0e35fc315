"""Error rates of two trainings of one seed, paired by speaker and by utterance."""

from snakemake.iocontainers import Snakemake

from phonotopy.comparisons.compared_recognition import EDITS, TABLE, compared_recognition
from phonotopy.core import logs
from phonotopy.core.tables import read_table, write_table

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    counted = dict.fromkeys(EDITS.values(), int)
    paths = zip(map(tuple, params.runs), source.transcripts, strict=True)
    trainings = {run: read_table(path, counted) for run, path in paths}
    settings = {"bootstraps": params.bootstraps, "seed": params.seed}
    rows = compared_recognition(params.corpus, trainings, params.control, **settings)
    write_table(snakemake.output[0], TABLE.columns, rows)
    log.info("%d differences, %d testable", len(rows), sum(row["status"] == "ok" for row in rows))
