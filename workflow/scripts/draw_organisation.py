"""Draw the organisation of sheets beyond single phones."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.figures import style
from phonotopy.figures.runs import read_runs
from phonotopy.figures.sheets import read_layers
from phonotopy.figures.statistics import organisation

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    conditions = style.Conditions.of(params.conditions, params.controls)
    tables = read_runs(source.organisation, params.runs, organisation.COLUMNS)
    style.save(
        organisation.draw(tables, read_layers(source.layers), conditions, params.false_discovery_rate), snakemake.output
    )
    log.info("%s", ", ".join(snakemake.output))
