"""A part of the corpus in the folders that the Montreal Forced Aligner expects."""

from snakemake.iocontainers import Snakemake

from phonotopy.alignment.asked import Part
from phonotopy.alignment.mfa_corpus import lay_out
from phonotopy.core import logs
from phonotopy.corpus.utterances import read_utterances

snakemake: Snakemake

with logs.opened(snakemake.log[0]) as log:
    utterances = Part(**snakemake.params.part).of(read_utterances(snakemake.input.utterances))
    lay_out(snakemake.output.corpus, utterances)
    log.info("%d utterances", len(utterances))
