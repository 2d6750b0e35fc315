"""Draw how often tests reject null data sets, and how often planted regions are found."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.tables import read_table
from phonotopy.figures import style
from phonotopy.figures.statistics import calibration

snakemake: Snakemake
source = snakemake.input

with logs.opened(snakemake.log[0]) as log:
    rates, power = read_table(source.calibration, calibration.RATES), read_table(source.power, calibration.POWER)
    style.save(calibration.draw(rates, power), snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
