"""What the predictions of one recogniser use: saliency-adjusted profiles and their maps."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.core.seeds import key
from phonotopy.introspection.saliency.saliency import Outputs, saliency
from phonotopy.introspection.subject import Paths, Subject
from phonotopy.selectivity.d_prime import Criteria

snakemake: Snakemake
source, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]):
    paths = Paths(*(source[name] for name in Paths.__dataclass_fields__))
    asked = {"splits": params.splits, "compute": params.compute, "layers": params.layers}
    subject = Subject.open(paths, read_inventory(source.phones), **asked)
    own = key("saliency", params.seed, wildcards.condition, wildcards.seed)
    outputs = Outputs(*(snakemake.output[number] for number in range(len(Outputs._fields))))
    names = ("phones", "exchanges", "permutations", "surrogates", "seed")
    chosen = {name: getattr(params, name) for name in names}
    saliency(outputs, subject, Criteria(**params.criteria), params.contiguity, chosen, own)
