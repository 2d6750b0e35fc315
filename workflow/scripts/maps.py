"""What each way to get a map gives, and what it costs."""

from snakemake.iocontainers import Snakemake

from phonotopy.comparisons.maps import TABLE, Sources, map_rows
from phonotopy.core import logs
from phonotopy.core.tables import write_table

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    runs = [(condition, int(seed)) for condition, seed in params.runs]
    responses, quality = (
        dict(zip(runs, paths, strict=True)) for paths in (source.response_autocorrelation, source.map_quality)
    )
    whole = (source.recognition, source.topography, source.agreement)
    sources = Sources(*whole, responses, quality, params.origins)
    write_table(snakemake.output[0], TABLE.columns, map_rows(params.corpus, sources))
    log.info("%d trainings", len(runs))
