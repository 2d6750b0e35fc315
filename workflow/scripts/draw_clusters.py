"""Draw where significant clusters of all phones stand on the sheet, for one seed."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.figures import runs, sheets, style
from phonotopy.figures.maps import clusters

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    figure = clusters.draw(
        runs.read_runs(source.clusters, params.runs, clusters.COLUMNS),
        int(snakemake.wildcards.seed),
        sheets.read_layers(source.layers),
        read_inventory(source.phones),
        style.Conditions.of(params.conditions, params.controls),
    )
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
