"""Regions found on one half of the speakers and looked for in the other."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import Responses
from phonotopy.core import logs
from phonotopy.core.seeds import key
from phonotopy.core.tables import write_table
from phonotopy.inference.evidence import adjusted
from phonotopy.organisation import overlap, replication
from phonotopy.selectivity.d_prime import Criteria

snakemake: Snakemake
source, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]) as log:
    responses = Responses.open(source.responses, source.geometry, source.placement)
    table: list[dict[str, object]] = []
    for layer, shape in responses.layers.items():
        given = responses.cells(layer), responses.halves, shape.grid, Criteria(**params.criteria)
        random_key = key("overlap", params.seed, wildcards.condition, wildcards.seed, layer)
        identity = {"layer": layer, "null_seed": params.seed}
        table += replication.rows(replication.replicate(*given), layer, given[0].phones)
        table += overlap.rows(replication.Halves.of(*given), identity, surrogates=params.surrogates, key=random_key)
        log.info("layer %d: %d surrogates", layer, params.surrogates)
    write_table(snakemake.output[0], replication.TABLE.columns, adjusted(table, "statistic", "found_in"))
