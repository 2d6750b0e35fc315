"""Phone intervals of all utterances, and the account of those that have none."""

from snakemake.iocontainers import Snakemake

from phonotopy.alignment import align
from phonotopy.alignment.describe import write_summary
from phonotopy.annotation.intervals import write_intervals
from phonotopy.annotation.label_sets import Labels
from phonotopy.annotation.pronunciations import read_said
from phonotopy.core import logs
from phonotopy.corpus.utterances import read_exclusions, read_utterances

snakemake: Snakemake
inputs, params, output = snakemake.input, snakemake.params, snakemake.output
with logs.opened(snakemake.log[0]):
    listing = snakemake.log[0].removesuffix(".log") + ".excluded.tsv"
    utterances = read_utterances(inputs.utterances)
    lost = align.excluded_before(read_exclusions(inputs.exclusions))
    align.check_coverage(lost, params.max_excluded, total=len(utterances) + len(lost), listing=listing)
    own = read_said(inputs.dictionary, (utterance.transcript for utterance in utterances))
    labels = Labels.read(inputs.inventory, inputs.labels, params.outside, params.remarks)
    folders = dict(zip(params.aligners, inputs.aligners, strict=True))
    plan = align.Plan(tuple(params.method), params.tiers, labels, own, params.mapped, folders)
    aligned = list(align.align_corpus(utterances, plan, snakemake.threads))
    coverage = [*(item.coverage for item in aligned), *lost]
    align.check_coverage(coverage, params.max_excluded, listing=listing)
    write_intervals(output.intervals, {item.utterance.utterance: item.intervals for item in aligned})
    align.write_textgrids(output.textgrids, aligned, params.mapped)
    align.write_coverage(output.coverage, coverage)
    write_summary(output.summary, params.corpus, coverage, utterances)
