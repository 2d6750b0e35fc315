"""Phone intervals of a split from a table of one's own, and the account of its utterances."""

from snakemake.iocontainers import Snakemake

from phonotopy.alignment import align
from phonotopy.alignment.asked import Part
from phonotopy.alignment.coverage import write_coverage
from phonotopy.alignment.take_intervals import supplied_intervals
from phonotopy.annotation.label_sets import Labels
from phonotopy.core import logs
from phonotopy.corpus.utterances import read_utterances

snakemake: Snakemake
source, params, output = snakemake.input, snakemake.params, snakemake.output

with logs.opened(snakemake.log[0]):
    utterances = Part(**params.part).of(read_utterances(source.utterances))
    labels = Labels.read(source.inventory, source.labels, params.outside)
    taken = supplied_intervals(source.intervals, utterances, labels)
    write_coverage(output.coverage, align.write_aligned(output.intervals, output.textgrids, taken, params.mapped))
