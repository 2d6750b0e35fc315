"""Draw Moran's I by layer against its nulls."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.figures import runs, sheets, style
from phonotopy.figures.statistics import morans_i

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    figure = morans_i.draw(
        runs.read_runs(source.autocorrelation, params.runs),
        sheets.read_layers(source.layers),
        style.Conditions.of(params.conditions, params.controls),
        params.contiguity,
        params.false_discovery_rate,
    )
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
