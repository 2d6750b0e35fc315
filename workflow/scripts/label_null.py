"""Maps under label sequences that no longer go with the speech they lie over."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import Tokens, read_grids, read_token_means
from phonotopy.core import logs
from phonotopy.core.seeds import key
from phonotopy.inference.label_null import LabelNull
from phonotopy.selectivity.d_prime import Criteria
from phonotopy.selectivity.label_shift import label_null
from phonotopy.spatial.maps import read_maps

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    maps, grids, nulls = read_maps(source.selectivity), read_grids(source.layers), {}
    stream = key("label null", params.seed, snakemake.wildcards.condition, snakemake.wildcards.seed)
    settings = {"shifts": params.shifts, "key": stream, "threads": snakemake.threads}
    for (layer, grid), means in zip(grids.items(), source.means, strict=True):
        phones = [phone for phone, usable in zip(maps[layer].phones, maps[layer].usable, strict=True) if usable]
        tokens = Tokens.read(source.tokens, phones, params.resampling_unit)
        values = read_token_means(means, tokens, grid)
        nulls[layer] = label_null(values, tokens, grid, maps[layer].live, Criteria(**params.criteria), **settings)
        log.info("layer %d: %d label shifts", layer, params.shifts)
    LabelNull.write(snakemake.output[0], nulls)
