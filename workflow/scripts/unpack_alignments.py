"""Published TextGrids of the utterances that were unpacked, and of no others."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.corpus import librispeech
from phonotopy.download import unpack
from phonotopy.download.download import present

snakemake: Snakemake

with logs.opened(snakemake.log[0]) as log:
    archive = present(snakemake.params.archive[0])
    wanted = set().union(*map(librispeech.utterance_names, snakemake.input.audio))
    unpack.unpack(archive, snakemake.output[0], librispeech.alignment_path(wanted), str(archive))
    log.info("TextGrids of %d utterances are wanted", len(wanted))
