"""The corpus in the folders that the Montreal Forced Aligner expects."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.speech.corpus import read_utterances
from phonotopy.speech.mfa import lay_out

snakemake: Snakemake

with logs.opened(snakemake.log[0]) as log:
    utterances = read_utterances(snakemake.input.utterances)
    lay_out(snakemake.output.corpus, utterances)
    log.info("%d utterances", len(utterances))
