"""One row per measure, label and layer of every recogniser."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.tables import read_table, write_table
from phonotopy.introspection.unit_measures import TABLE, unit_measures

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    trainings = [
        (condition, seed, read_table(path))
        for (condition, seed), path in zip(params.runs, source.measure_maps, strict=True)
    ]
    write_table(snakemake.output[0], TABLE.columns, unit_measures(params.corpus, trainings, params.without))
    log.info("%d recognisers, %d conditions and seeds without one", len(trainings), len(params.without))
