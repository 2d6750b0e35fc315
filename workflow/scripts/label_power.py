"""How often tests of labels reject on simulated speech, by what responses follow."""

from snakemake.iocontainers import Snakemake

from phonotopy.calibration.label_power import TABLE, curve
from phonotopy.core import logs
from phonotopy.core.tables import write_table

snakemake: Snakemake
with logs.opened(snakemake.log[0]) as log:
    rows = list(curve(simulations=snakemake.params.simulations))
    write_table(snakemake.output[0], TABLE.columns, rows)
    log.info("%d rows", len(rows))
