"""What units and neighbours owe to sound, phones, words and speakers, against the null of each."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import Responses, Tokens
from phonotopy.activations.sound import Sound
from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.core.tables import write_table
from phonotopy.encoding import ladder, unit_variance
from phonotopy.encoding.accounts import layers_of
from phonotopy.encoding.spoken import Spoken
from phonotopy.selectivity.d_prime import Criteria
from phonotopy.spatial.maps import read_maps, tested

snakemake: Snakemake
source, params, output = snakemake.input, snakemake.params, snakemake.output
with logs.opened(snakemake.log[0]) as log:
    responses, maps = Responses.open(source.responses, source.geometry, source.placement), read_maps(source.selectivity)
    tokens = Tokens.read(source.tokens, tested(maps), params.resampling_unit)
    sound, inventory = Sound.read(source.sound), read_inventory(source.phones)
    spoken = Spoken.of(sound, tokens, inventory, Criteria(**params.criteria))
    names = (params.seed, params.origin, int(snakemake.wildcards.seed))
    rows, units = list[ladder.Row](), list[dict[str, object]]()
    for number, layer in layers_of(responses, maps, tokens, spoken, params.contiguity, names).items():
        settings = {"relabellings": params.relabellings, "permutations": params.permutations}
        identity = {"layer": number, "null_seed": params.seed}
        rows += ladder.ladder_rows(identity, layer, **settings, key=ladder.label_key(names))
        units += unit_variance.unit_rows(number, layer, maps[number], responses.layers[number].grid)
        log.info("layer %d: %d rows", number, len(rows))
    if not rows:
        log.warning("no ladder: the sound of tokens is not described, or there are too few speakers or units")
    write_table(output.ladder, ladder.TABLE.columns, ladder.across_layers(rows))
    write_table(output.unit_variance, unit_variance.TABLE.columns, units)
