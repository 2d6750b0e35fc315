"""Phone intervals from a table of one's own, and the account of utterances that have none."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.speech import alignment
from phonotopy.speech.corpus import read_exclusions, read_utterances
from phonotopy.speech.intervals import write_intervals
from phonotopy.speech.labels import Labels
from phonotopy.speech.supplied import supplied_intervals

snakemake: Snakemake
source, params, output = snakemake.input, snakemake.params, snakemake.output

with logs.opened(snakemake.log[0]):
    utterances = read_utterances(source.utterances)
    labels = Labels.read(source.inventory, source.labels, params.outside)
    aligned = supplied_intervals(source.intervals, utterances, labels)
    coverage = [*(item.coverage for item in aligned), *alignment.excluded_before(read_exclusions(source.exclusions))]
    alignment.check_coverage(coverage, params.max_excluded)
    write_intervals(output.intervals, {item.utterance.utterance: item.intervals for item in aligned})
    alignment.write_textgrids(output.textgrids, aligned, params.mapped)
    alignment.write_coverage(output.coverage, coverage)
    alignment.write_summary(output.summary, params.corpus, coverage, utterances)
