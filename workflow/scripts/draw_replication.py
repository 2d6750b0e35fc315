"""Draw what regions of one half of the speakers are to the other half."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.figures import style
from phonotopy.figures.runs import read_runs
from phonotopy.figures.sheets import read_layers
from phonotopy.figures.statistics import replication

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    conditions = style.Conditions.of(params.conditions, params.controls)
    tables = read_runs(source.replication, params.runs, replication.COLUMNS)
    figure = replication.draw(tables, read_layers(source.layers), conditions, params.false_discovery_rate)
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
