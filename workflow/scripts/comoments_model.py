"""Co-moments of all units of a network of others over a sample of training speech, from which layouts are made."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.modules.comoments_model import comoments_model
from phonotopy.activations.modules.respond_model import open_network
from phonotopy.core import logs
from phonotopy.corpus.utterances import read_utterances
from phonotopy.recogniser.device import prepare
from phonotopy.recogniser.features import read_segments
from phonotopy.recogniser.recognise import sampled

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    device = prepare(params.compute["device"], params.compute["threads"])
    network = open_network(params.network, params.weights, params.features, source.measured, device)
    training = [segment for segment in read_segments(source.index) if segment.split == "train"]
    segments = sampled(training, params.frames, "fitted", params.seed)
    audio = {one.utterance: one.audio for one in read_utterances(source.utterances)}
    comoments_model(snakemake.output[0], network, segments, audio)
    log.info("%d utterances of %d speakers", len(segments), len({segment.speaker for segment in segments}))
