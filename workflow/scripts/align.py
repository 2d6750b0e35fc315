"""Phone intervals of all utterances, and the account of those that have none."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.speech import alignment
from phonotopy.speech.corpus import read_exclusions, read_utterances
from phonotopy.speech.dictionary import read_dictionary, restricted
from phonotopy.speech.intervals import write_intervals
from phonotopy.speech.labels import Labels

snakemake: Snakemake

with logs.opened(snakemake.log[0]):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    utterances = read_utterances(inputs.utterances)
    lost = alignment.excluded_before(read_exclusions(inputs.exclusions))
    alignment.check_coverage(lost, params.max_excluded, total=len(utterances) + len(lost))
    own = read_dictionary(inputs.dictionary) if inputs.dictionary else {}
    own = restricted(own, (utterance.transcript for utterance in utterances))
    labels = Labels.read(inputs.inventory, inputs.labels, params.outside)
    folders = dict(zip(params.aligners, inputs.aligners, strict=True))
    plan = alignment.Plan(tuple(params.method), params.tiers, labels, own, params.mapped, folders)
    aligned = list(alignment.align_corpus(utterances, plan, snakemake.threads))
    coverage = [*(item.coverage for item in aligned), *lost]
    alignment.check_coverage(coverage, params.max_excluded)
    write_intervals(output.intervals, {item.utterance.utterance: item.intervals for item in aligned})
    alignment.write_textgrids(output.textgrids, aligned, params.mapped)
    alignment.write_coverage(output.coverage, coverage)
    alignment.write_summary(output.summary, params.corpus, coverage, utterances)
