"""Co-moments of all units of a trained recogniser over a sample of training speech, from which layouts are made."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.comoments import gathered, write_comoments
from phonotopy.activations.respond import layers_of, stepwise
from phonotopy.core import logs
from phonotopy.recogniser.checkpoint import load_recogniser
from phonotopy.recogniser.device import prepare
from phonotopy.recogniser.features import open_features
from phonotopy.recogniser.recognise import sampled

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    device = prepare(params.compute["device"], params.compute["threads"])
    network, settings = load_recogniser(source.checkpoint)
    index = open_features(source.features, source.index)
    segments = sampled(index.split("train"), params.frames, "fitted", params.seed)
    grids = {layer.number: layer.grid for layer in layers_of(network, settings)}
    batches = stepwise(network.to(device), index, segments, str(settings["alphabet"]))
    write_comoments(snakemake.output[0], gathered(batches, grids))
    log.info("%d utterances of %d speakers", len(segments), len({segment.speaker for segment in segments}))
