"""Organisation of every layer beyond single phones."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import Responses
from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.core.seeds import key
from phonotopy.core.tables import write_table
from phonotopy.inference.families import adjusted
from phonotopy.organisation.organisation import TABLE, Layer, organisation
from phonotopy.spatial.phone_maps import read_maps

snakemake: Snakemake
source, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]) as log:
    maps, inventory = read_maps(source.selectivity), read_inventory(source.phones)
    responses = Responses.open(source.responses, source.geometry, source.placement)
    rows: list[dict[str, object]] = []
    for layer, shape in responses.layers.items():
        random_key = key("organisation", params.seed, wildcards.condition, wildcards.seed, layer)
        found = Layer(maps[layer], responses.cells(layer), shape.grid, inventory)
        identity = {"layer": layer, "null_seed": params.seed}
        rows += organisation(found, identity, number=params.surrogates, random_key=random_key)
        log.info("layer %d: %d phones, %d surrogates a null", layer, len(found.phones), params.surrogates)
    write_table(snakemake.output[0], TABLE.columns, adjusted(rows, "statistic", "null"))
