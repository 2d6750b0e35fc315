"""How often one test calls a null data set significant."""

from snakemake.iocontainers import Snakemake

from phonotopy.calibration.calibrate import TABLE, calibrate
from phonotopy.core import logs
from phonotopy.core.tables import write_table

snakemake: Snakemake
with logs.opened(snakemake.log[0]) as log:
    row = calibrate(snakemake.wildcards.test, data_sets=snakemake.params.data_sets)
    write_table(snakemake.output[0], TABLE.columns, [row])
    log.info("%(test)s: %(rejections)d of %(data_sets)d null data sets rejected", row)
