"""How alike the phones are to every layer, and the trees that their maps make."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import Responses
from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.core.seeds import key
from phonotopy.core.tables import write_table
from phonotopy.inference.families import adjusted
from phonotopy.organisation.phone_similarity import TABLES, Phones, agreement_rows, similarity_rows, tree_rows
from phonotopy.spatial.phone_maps import read_maps

snakemake: Snakemake
source, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]) as log:
    maps, inventory = read_maps(source.selectivity), read_inventory(source.phones)
    responses = Responses.open(source.responses, source.geometry, source.placement)
    rows: tuple[list[dict[str, object]], ...] = ([], [], [])
    for layer, shape in responses.layers.items():
        own = key("phone_similarity", params.seed, wildcards.condition, wildcards.seed, layer)
        found = Phones(maps[layer], responses.cells(layer), shape.grid, inventory)
        rows[0].extend(similarity_rows(found, layer))
        rows[1].extend(tree_rows(found, layer))
        identity = {"layer": layer, "null_seed": params.seed}
        rows[2].extend(agreement_rows(found, identity, number=params.surrogates, random_key=own))
        log.info("layer %d: %d phones", layer, len(found.labels))
    made = zip(snakemake.output, TABLES, (*rows[:2], adjusted(rows[2], "statistic")), strict=True)
    for path, table, own_rows in made:
        write_table(path, table.columns, own_rows)
