"""Whether a network of others has the layers that are named, and when they look, before any speech is needed."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.modules.measure_model import load_model, measure_model
from phonotopy.core import logs
from phonotopy.recogniser.device import prepare

snakemake: Snakemake
params = snakemake.params
with logs.opened(snakemake.log[0]) as log:
    prepare("cpu", params.threads)  # where each sum is taken by itself
    loaded, speech = load_model(params.network, params.weights, params.features)
    for layer in measure_model(snakemake.output[0], params.network, loaded, speech):
        log.info("%s: %s%s", layer.name, layer.timing, ", of the whole recording" if layer.whole else "")
