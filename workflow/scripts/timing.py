"""When the regions of phones stand out, by layer."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.geometry import read_resolution
from phonotopy.activations.read import Responses
from phonotopy.core import logs
from phonotopy.core.seeds import key
from phonotopy.core.tables import write_table
from phonotopy.selectivity.d_prime import Criteria
from phonotopy.temporal.timing import COURSES, TIMINGS, course_rows, courses, timing_rows

snakemake: Snakemake
source, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]) as log:
    criteria, resolution = Criteria(**params.criteria), read_resolution(source.geometry)
    responses = Responses.open(source.responses, source.geometry, source.placement)
    rows: list[dict[str, object]] = []
    points: list[dict[str, object]] = []
    for layer in responses.layers:
        random_key = key("timing", params.seed, wildcards.condition, wildcards.seed, layer)
        found = courses(responses, layer, source.tokens, criteria)
        identity = {"layer": layer, "null_seed": params.seed, **resolution[layer]}
        rows += timing_rows(found, identity, bootstraps=params.bootstraps, key=random_key)
        points += course_rows(found, layer, bootstraps=params.bootstraps, key=random_key)
        log.info("layer %d: %d phones", layer, len(found.phones))
    write_table(snakemake.output.timing, TIMINGS.columns, rows)
    write_table(snakemake.output.courses, COURSES.columns, points)
