"""Measures of the quality of maps of every layer, against permuted positions."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import Responses
from phonotopy.core import logs, steps
from phonotopy.core.seeds import key
from phonotopy.core.tables import write_table
from phonotopy.inference.families import adjusted
from phonotopy.organisation.map_quality import TABLE, MappedLayer, quality_rows
from phonotopy.spatial.phone_maps import read_maps

snakemake: Snakemake
source, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]):
    maps = read_maps(source.selectivity)
    responses = Responses.open(source.responses, source.geometry, source.placement)
    rows: list[dict[str, object]] = []
    for layer in steps.counted(responses.layers, "layer"):
        comoment = responses.arrays(layer, "frame_comoment")["frame_comoment"]
        found = MappedLayer.of(maps[layer], comoment, responses.layers[layer].grid)
        own = key("map quality", params.seed, wildcards.condition, wildcards.seed, layer)
        identity = {"layer": layer, "null": "positions", "null_seed": params.seed}
        settings = {"permutations": params.surrogates, "key": own, "threads": snakemake.threads}
        rows += [identity | row for row in quality_rows(found, **settings)]
    write_table(snakemake.output[0], TABLE.columns, adjusted(rows, "measure"))
