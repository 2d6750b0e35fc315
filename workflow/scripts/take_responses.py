"""Responses of one's own in the place of those of a trained recogniser, once they fit the settings."""

import shutil

from snakemake.iocontainers import Snakemake

from phonotopy.activations.take_responses import check_responses
from phonotopy.core import grid, logs
from phonotopy.core.files import replacing
from phonotopy.core.inventory import read_inventory
from phonotopy.core.tables import write_table
from phonotopy.recogniser.recognise import RATES
from phonotopy.recogniser.train import Epoch

snakemake: Snakemake
source, network, output = snakemake.input, snakemake.params.network, snakemake.output

with logs.opened(snakemake.log[0]) as log:
    grids = [grid.fit(own["filters"], "training.network.layers", torus=network["torus"]) for own in network["layers"]]
    phones = read_inventory(source.phones).labels
    check_responses(source.tokens, source.layers, source.means, source.moments, grids, phones)
    for name in ("tokens", "layers"):
        with replacing(output[name]) as part:
            shutil.copyfile(source[name], part)
    for own, place in zip([*source.means, *source.moments], [*output.means, *output.moments], strict=True):
        with replacing(place) as part:
            shutil.copyfile(own, part)
    write_table(output.history, Epoch._fields, [])
    write_table(output.recognition, RATES, [])
    log.info("%s", source.tokens)
