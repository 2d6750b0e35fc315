"""Onsets of words and labels by second methods against those that are used, in a sample of utterances."""

from snakemake.iocontainers import Snakemake

from phonotopy.alignment import boundaries, compare_alignments
from phonotopy.alignment.align import Plan
from phonotopy.annotation.label_sets import Labels
from phonotopy.annotation.pronunciations import read_said
from phonotopy.core import logs
from phonotopy.core.tables import write_table
from phonotopy.corpus.utterances import read_utterances

snakemake: Snakemake

with logs.opened(snakemake.log[0]):
    source, params, output = snakemake.input, snakemake.params, snakemake.output
    utterances = read_utterances(source.utterances)
    used = compare_alignments.read_accounts(source.coverage, source.intervals)
    labels = Labels.read(source.inventory, source.labels, params.outside, params.remarks)
    folders = {name: [one for one in source.aligners if one.endswith(f"/{name}")] for name in params.aligners}
    own = read_said(source.dictionary, (utterance.transcript for utterance in utterances))
    plan = Plan((), params.tiers, labels, own, params.mapped, folders)
    comparisons = []
    for method in params.compared["methods"]:
        sample = compare_alignments.sample(utterances, used, method, params.compared["utterances"], params.seed)
        comparisons.append(compare_alignments.compare(sample, used, plan, method, snakemake.threads))
    boundaries.write_boundaries(output.onsets, (found for item in comparisons for found in item.boundaries))
    rows = (row for item in comparisons for row in compare_alignments.summary(params.corpus, item))
    write_table(output.summary, compare_alignments.SUMMARY.columns, rows)
