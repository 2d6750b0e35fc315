"""A checkpoint of one's own instead of a training, once it fits the settings."""

import shutil

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.files import replacing
from phonotopy.core.tables import write_table
from phonotopy.recogniser.features import open_features
from phonotopy.recogniser.fitting import Epoch
from phonotopy.recogniser.take_checkpoint import check_fit

snakemake: Snakemake
source, params, output = snakemake.input, snakemake.params, snakemake.output

with logs.opened(snakemake.log[0]) as log:
    check_fit(source.checkpoint, params.analysis, open_features(source.features, source.index).alphabet)
    with replacing(output.checkpoint) as part:
        shutil.copyfile(source.checkpoint, part)
    write_table(output.history, Epoch._fields, [])
    log.info("%s", source.checkpoint)
