"""What units and neighbours owe to sound, phones, words and speakers, against the null of each."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import Responses, Tokens
from phonotopy.activations.sound.sound import Sound
from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.core.tables import write_table
from phonotopy.encoding import ladder, unit_variance
from phonotopy.encoding.accounts import layers_of
from phonotopy.encoding.described_tokens import DescribedTokens
from phonotopy.selectivity.d_prime import Criteria
from phonotopy.spatial.phone_maps import read_maps, tested

snakemake: Snakemake
source, params, output = snakemake.input, snakemake.params, snakemake.output
with logs.opened(snakemake.log[0]) as log:
    responses, maps = Responses.open(source.responses, source.geometry, source.placement), read_maps(source.selectivity)
    tokens = Tokens.read(source.tokens, tested(maps), params.resampling_unit)
    criteria, names = Criteria(**params.criteria), (params.seed, params.origin, int(snakemake.wildcards.seed))
    spoken = DescribedTokens.of(Sound.read(source.sound), tokens, read_inventory(source.phones), criteria)
    layers = layers_of(responses, maps, tokens, spoken, params.contiguity, names)
    settings = {"relabellings": params.relabellings, "permutations": params.permutations, "names": names}
    rows, units = ladder.layers_rows(layers, **settings), unit_variance.layers_rows(layers, maps, responses.layers)
    write_table(output.ladder, ladder.TABLE.columns, rows)
    write_table(output.unit_variance, unit_variance.TABLE.columns, units)
    log.info("%d layers, %d described tokens", len(layers), len(spoken.rows) if spoken else 0)
