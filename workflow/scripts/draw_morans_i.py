"""Draw Moran's I by layer against its nulls."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.figures import autocorrelation, runs, sheets, style

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    figure = autocorrelation.draw(
        runs.read_runs(source.autocorrelation, params.runs),
        sheets.read_layers(source.layers),
        style.Models.of(params.models, params.controls),
        params.contiguity,
        params.false_discovery_rate,
    )
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
