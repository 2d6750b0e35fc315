"""Responses of a network of others, a bundle of torchaudio or one's own module, to the phones of the chosen splits."""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from phonotopy.activations.accumulate import Coding, aligned, tokens_of
from phonotopy.activations.gather import Paths
from phonotopy.activations.modules.respond_model import open_network, respond_model
from phonotopy.annotation.intervals import read_intervals
from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.corpus.utterances import read_utterances
from phonotopy.recogniser.device import prepare
from phonotopy.recogniser.features import read_segments

snakemake: Snakemake
source, params, output = snakemake.input, snakemake.params, snakemake.output
with logs.opened(snakemake.log[0]) as log:
    device = prepare(params.compute["device"], params.compute["threads"])
    network = open_network(params.network, params.weights, params.features, source.measured, device)
    intervals = read_intervals(*source.intervals)
    segments = aligned(read_segments(source.index), params.splits, intervals)
    coding = Coding.of(read_inventory(source.phones), segments)
    tokens = tokens_of(intervals, segments, coding, params.cap)
    recordings = {one.utterance: one for one in read_utterances(source.utterances)}
    audio = {name: one.audio for name, one in recordings.items()}
    longest_s = max(recordings[one.utterance].duration_s for one in segments)
    paths, lags_s = Paths.of(Path(output.geometry).parent), tuple(params.lags_s)
    respond_model(paths, network, segments, audio, tokens, coding, lags_s, longest_s)
