"""Maps under label sequences that no longer go with the speech they lie over."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import Responses, Tokens
from phonotopy.core import logs, steps
from phonotopy.core.seeds import key
from phonotopy.inference.label_null import LabelNull
from phonotopy.selectivity.d_prime import Criteria
from phonotopy.selectivity.label_shift import label_shift
from phonotopy.spatial.phone_maps import read_maps

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]):
    responses, nulls = Responses.open(source.responses, source.geometry, source.placement), {}
    random_key = key("label null", params.seed, params.origin, snakemake.wildcards.seed)
    settings = {"shifts": params.shifts, "key": random_key, "threads": snakemake.threads}
    for layer, maps in steps.counted(read_maps(source.selectivity).items(), "layer"):
        phones = [phone for phone, usable in zip(maps.phones, maps.usable, strict=True) if usable]
        tokens, grid = Tokens.read(source.tokens, phones, params.resampling_unit), responses.layers[layer].grid
        values = responses.token_means(layer, tokens)
        nulls[layer] = label_shift(values, tokens, grid, maps.live, Criteria(**params.criteria), **settings)
    LabelNull.write(snakemake.output[0], nulls)
