"""What the corpus consists of: tables of speakers, of durations, and of what could not be used."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.speech import description
from phonotopy.speech.alignment import read_coverage
from phonotopy.speech.corpus import read_utterances
from phonotopy.speech.intervals import read_intervals
from phonotopy.tables import write_table

snakemake: Snakemake
source, output, corpus = snakemake.input, snakemake.output, snakemake.params.corpus

with logs.opened(snakemake.log[0]) as log:
    coverage = read_coverage(source.coverage)
    names = description.names_of_speakers(coverage, private=snakemake.params.private)
    spoken = description.speakers(corpus, coverage, read_utterances(source.utterances), names)
    lengths = description.durations(corpus, coverage, read_intervals(source.intervals))
    write_table(output.speakers, description.SPEAKERS, spoken)
    write_table(output.durations, description.DURATIONS, lengths)
    write_table(output.reasons, description.REASONS, description.reasons(corpus, coverage))
    log.info("%d speakers, %d utterances", len(names), len(coverage))
