"""How often planted patches are found, by their size and the background."""

from snakemake.iocontainers import Snakemake

from phonotopy.calibration.power import TABLE, curve
from phonotopy.core import logs
from phonotopy.core.tables import write_table

snakemake: Snakemake
params = snakemake.params
with logs.opened(snakemake.log[0]) as log:
    found = curve(simulations=params.simulations, permutations=params.permutations, threads=snakemake.threads)
    write_table(snakemake.output[0], TABLE.columns, found)
    log.info("%d simulations a row", params.simulations)
