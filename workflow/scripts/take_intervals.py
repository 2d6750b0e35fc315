"""Phone intervals from a table of one's own, and the account of utterances that have none."""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from phonotopy.alignment import align
from phonotopy.alignment.describe import write_summary
from phonotopy.alignment.take_intervals import supplied_intervals
from phonotopy.annotation.intervals import write_intervals
from phonotopy.annotation.label_sets import Labels
from phonotopy.core import logs
from phonotopy.corpus.utterances import read_exclusions, read_utterances

snakemake: Snakemake
source, params, output = snakemake.input, snakemake.params, snakemake.output

with logs.opened(snakemake.log[0]):
    listing = Path(snakemake.log[0]).with_suffix(".excluded.tsv")
    utterances = read_utterances(source.utterances)
    labels = Labels.read(source.inventory, source.labels, params.outside)
    aligned = supplied_intervals(source.intervals, utterances, labels)
    coverage = [*(item.coverage for item in aligned), *align.excluded_before(read_exclusions(source.exclusions))]
    align.check_coverage(coverage, params.max_excluded, listing=listing)
    write_intervals(output.intervals, {item.utterance.utterance: item.intervals for item in aligned})
    align.write_textgrids(output.textgrids, aligned, params.mapped)
    align.write_coverage(output.coverage, coverage)
    write_summary(output.summary, params.corpus, coverage, utterances)
