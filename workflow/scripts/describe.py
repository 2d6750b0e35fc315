"""What the corpus consists of: tables of speakers, of durations, and of what could not be used."""

from snakemake.iocontainers import Snakemake

from phonotopy.alignment import describe
from phonotopy.alignment.coverage import read_coverage
from phonotopy.annotation.intervals import read_intervals
from phonotopy.core import logs
from phonotopy.core.tables import write_table
from phonotopy.corpus.speakers import names_of_speakers
from phonotopy.corpus.utterances import read_utterances

snakemake: Snakemake
source, output, corpus = snakemake.input, snakemake.output, snakemake.params.corpus

with logs.opened(snakemake.log[0]) as log:
    coverage = read_coverage(source.coverage)
    names = names_of_speakers(coverage, private=snakemake.params.private)
    spoken = describe.speakers(corpus, coverage, read_utterances(source.utterances), names)
    lengths = describe.durations(corpus, coverage, read_intervals(source.intervals))
    write_table(output.speakers, describe.SPEAKERS.columns, spoken)
    write_table(output.durations, describe.DURATIONS.columns, lengths)
    write_table(output.reasons, describe.REASONS.columns, describe.reasons(corpus, coverage))
    log.info("%d speakers, %d utterances", len(names), len(coverage))
