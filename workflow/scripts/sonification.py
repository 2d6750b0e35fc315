"""What drives the regions of a recogniser, as sound."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import Responses
from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.corpus.utterances import read_utterances
from phonotopy.introspection.sonification.sonification import Sonification, write
from phonotopy.introspection.subject import Paths, Subject
from phonotopy.selectivity.d_prime import Criteria

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]):
    paths = Paths(*(source[name] for name in Paths.__dataclass_fields__))
    asked = {"splits": params.splits, "compute": params.compute, "layers": params.layers}
    subject = Subject.open(paths, read_inventory(source.phones), **asked)
    audio = {one.utterance: one.audio for one in read_utterances(source.utterances)}
    responses = Responses.open(source.responses, source.geometry, source.placement)
    made = Sonification(subject, params.sonified, audio, params.seed, params.private)
    write(snakemake.output, made, made.listen(responses, Criteria(**params.criteria)))
