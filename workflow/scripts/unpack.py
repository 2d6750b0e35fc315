"""Recordings and transcripts of one archive of LibriSpeech."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.corpus import librispeech
from phonotopy.download import unpack
from phonotopy.download.download import present

snakemake: Snakemake

with logs.opened(snakemake.log[0]) as log:
    archive = present(snakemake.params.archive)
    unpack.unpack(archive, snakemake.output[0], librispeech.speech_path, str(archive))
    log.info("%d recordings", len(librispeech.utterance_names(snakemake.output[0])))
