"""Differences between conditions, paired by seed."""

from snakemake.iocontainers import Snakemake

from phonotopy.comparisons.conditions import MEASURES, RATES, TABLE, conditions
from phonotopy.core import logs
from phonotopy.core.tables import number, read_table, write_table

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    recognition = read_table(source.recognition, {"seed": int} | dict.fromkeys(RATES, number))
    topography = read_table(source.topography, {"seed": int, "layer": int} | dict.fromkeys(MEASURES, number))
    settings = {"margin": params.margin, "bootstraps": params.bootstraps, "seed": params.seed}
    rows = conditions(params.corpus, recognition, topography, params.control, **settings)
    write_table(snakemake.output[0], TABLE.columns, rows)
    log.info("%d differences, %d testable", len(rows), sum(row["status"] == "ok" for row in rows))
