"""Responses of one's own instead of those of a trained recogniser, once they can be read."""

import shutil

from snakemake.iocontainers import Snakemake

from phonotopy.activations.gather import Paths
from phonotopy.activations.sound.sound import Sound
from phonotopy.activations.take_responses import check_responses, check_sound
from phonotopy.core import logs
from phonotopy.core.files import replacing
from phonotopy.core.inventory import read_inventory

snakemake: Snakemake
source, output = snakemake.input, snakemake.output
with logs.opened(snakemake.log[0]) as log:
    own = Paths.of(source.geometry.rpartition("/")[0])
    check_responses(own, read_inventory(source.phones).labels)
    for path, target in zip(own, Paths.of(output.geometry.rpartition("/")[0]), strict=True):
        with replacing(target) as part:
            shutil.copyfile(path, part)
    for path in source.sound:  # one file, or none
        check_sound(path, own.tokens)
        with replacing(output.sound) as part:
            shutil.copyfile(path, part)
    if not source.sound:
        Sound.empty().write(output.sound)
    log.info("%s", own.responses)
