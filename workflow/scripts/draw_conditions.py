"""Draw the differences between conditions."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.tables import read_table
from phonotopy.figures import style
from phonotopy.figures.statistics import conditions

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    measured = {
        "split": read_table(source.recognition, conditions.MEASURED["split"]),
        "layer": read_table(source.topography, conditions.MEASURED["layer"]),
    }
    rows = read_table(source.conditions, conditions.DIFFERENCES)
    shown = style.Conditions.of(params.conditions, params.controls)
    style.save(conditions.draw(rows, measured, shown, params.false_discovery_rate), snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
