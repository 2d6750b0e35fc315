"""When the regions of phones stand out, by layer."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import read_grids, read_resolution
from phonotopy.core import logs
from phonotopy.core.seeds import key
from phonotopy.core.tables import write_table
from phonotopy.selectivity.d_prime import Criteria
from phonotopy.temporal.timing import COURSES, TIMINGS, course_rows, read_courses, timing_rows

snakemake: Snakemake
source, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]) as log:
    criteria, resolution = Criteria(**params.criteria), read_resolution(source.layers)
    rows: list[dict[str, object]] = []
    points: list[dict[str, object]] = []
    for (layer, grid), moments in zip(read_grids(source.layers).items(), source.moments, strict=True):
        stream = key("timing", params.seed, wildcards.condition, wildcards.seed, layer)
        found = read_courses(moments, source.tokens, grid, criteria)
        identity = {"layer": layer, "null_seed": params.seed, **resolution[layer]}
        rows += timing_rows(found, identity, bootstraps=params.bootstraps, seed=stream)
        points += course_rows(found, layer, bootstraps=params.bootstraps, seed=stream)
        log.info("layer %d: %d phones", layer, len(found.phones))
    write_table(snakemake.output.timing, TIMINGS, rows)
    write_table(snakemake.output.courses, COURSES, points)
