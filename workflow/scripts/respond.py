"""Responses of all units of a trained recogniser to the phones of the chosen splits."""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from phonotopy.activations.accumulate import Coding, aligned, tokens_of
from phonotopy.activations.gather import Paths
from phonotopy.activations.respond import respond
from phonotopy.annotation.intervals import read_intervals
from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.recogniser.checkpoint import load_recogniser
from phonotopy.recogniser.device import prepare
from phonotopy.recogniser.features import open_features

snakemake: Snakemake
params, output = snakemake.params, snakemake.output
with logs.opened(snakemake.log[0]) as log:
    device = prepare(params.compute["device"], params.compute["threads"])
    network, settings = load_recogniser(snakemake.input.checkpoint)
    index = open_features(snakemake.input.features, snakemake.input.index)
    intervals = read_intervals(*snakemake.input.intervals)
    segments = aligned(index.segments, params.splits, intervals)
    coding = Coding.of(read_inventory(snakemake.input.phones), segments)
    tokens = tokens_of(intervals, segments, coding, params.cap)
    paths = Paths(*(Path(output[name]) for name in Paths._fields))
    kept = respond(paths, network.to(device), settings, index, tokens, coding, tuple(params.lags_s))
    log.info("%d tokens of %d speakers", int(kept[0].cells.count.sum()), len(coding.speakers))
