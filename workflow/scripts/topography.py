"""One row per layer of every training: autocorrelation, regions and ranks."""

from snakemake.iocontainers import Snakemake

from phonotopy.comparisons.topography import TABLE, Training, topography
from phonotopy.core import logs
from phonotopy.core.tables import write_table

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    names = ("geometry", "autocorrelation", "regions", "rank", "selectivity")
    paths = [dict(zip(names, group, strict=True)) for group in zip(*(source[name] for name in names), strict=True)]
    trainings = [
        Training.read(condition, seed, found) for (condition, seed), found in zip(params.runs, paths, strict=True)
    ]
    write_table(
        snakemake.output[0], TABLE.columns, topography(params.corpus, trainings, params.contiguity, params.control)
    )
    log.info("%d trainings", len(trainings))
