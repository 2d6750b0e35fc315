"""Onsets of words by alignment against those that the synthesiser knows."""

from snakemake.iocontainers import Snakemake

from phonotopy.alignment import boundaries
from phonotopy.alignment.coverage import read_coverage
from phonotopy.annotation.intervals import read_intervals
from phonotopy.core import logs
from phonotopy.core.tables import write_table
from phonotopy.corpus.utterances import read_utterances

snakemake: Snakemake
source, output = snakemake.input, snakemake.output

with logs.opened(snakemake.log[0]) as log:
    methods = {row.utterance: row.method for row in read_coverage(source.coverage) if row.status == "aligned"}
    words, intervals = boundaries.read_expected(source.words), read_intervals(source.intervals)
    found = [
        boundary
        for utterance in read_utterances(source.utterances)
        if (name := utterance.utterance) in methods
        for boundary in boundaries.from_words(
            utterance, methods[name], intervals[name], words.get(name, []), "synthesiser"
        )
    ]
    boundaries.write_boundaries(output.onsets, found)
    write_table(output.summary, boundaries.SUMMARY.columns, boundaries.summary(snakemake.params.corpus, found))
    log.info("%d onsets", len(found))
