"""One row per phone of every layer and training: Moran's I and regions against their nulls."""

from snakemake.iocontainers import Snakemake

from phonotopy.comparisons.phones import TABLE, Training, phones
from phonotopy.core import logs
from phonotopy.core.tables import write_table

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    names = ("geometry", "selectivity", "preferences", "autocorrelation", "regions", "ladder")
    paths = [dict(zip(names, group, strict=True)) for group in zip(*(source[name] for name in names), strict=True)]
    trainings = [
        Training.read(condition, seed, found) for (condition, seed), found in zip(params.runs, paths, strict=True)
    ]
    write_table(snakemake.output[0], TABLE.columns, phones(params.corpus, trainings, params.contiguity))
    log.info("%d trainings", len(trainings))
