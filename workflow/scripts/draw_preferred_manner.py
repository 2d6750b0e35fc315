"""Draw the manner of articulation that each unit prefers."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.figures import runs, sheets, style
from phonotopy.figures.maps import preferred_manner

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    figure = preferred_manner.draw(
        runs.read_runs(source.preferences, params.runs, preferred_manner.COLUMNS),
        sheets.read_layers(source.layers),
        read_inventory(source.phones),
        style.Conditions.of(params.conditions, params.controls),
    )
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
