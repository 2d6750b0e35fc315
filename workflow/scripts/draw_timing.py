"""Draw when the regions of phones stand out."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.figures import style
from phonotopy.figures.maps import timing
from phonotopy.figures.runs import read_runs
from phonotopy.figures.sheets import read_layers

snakemake: Snakemake
source, params = snakemake.input, snakemake.params

with logs.opened(snakemake.log[0]) as log:
    conditions = style.Conditions.of(params.conditions, params.controls)
    courses = read_runs(source.courses, params.runs, timing.COURSES)
    timings = read_runs(source.timing, params.runs, timing.TIMINGS)
    style.save(timing.draw(courses, timings, read_layers(source.layers), conditions), snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
