"""A checkpoint of one's own in the place of a training, once it fits the settings."""

import shutil

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.files import replacing
from phonotopy.recogniser.fit import check_fit
from phonotopy.recogniser.network import layers_of
from phonotopy.recogniser.training import Epoch
from phonotopy.speech.features import open_features
from phonotopy.tables import write_table

snakemake: Snakemake
source, params, output = snakemake.input, snakemake.params, snakemake.output

with logs.opened(snakemake.log[0]) as log:
    layers = layers_of(params.network["layers"], torus=params.network["torus"])
    check_fit(source.checkpoint, layers, params.analysis, open_features(source.features, source.index).alphabet)
    with replacing(output.checkpoint) as part:
        shutil.copyfile(source.checkpoint, part)
    write_table(output.history, Epoch._fields, [])
    log.info("%s", source.checkpoint)
