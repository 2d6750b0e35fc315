"""Onsets of words and labels by second methods against those that are used, in a sample of utterances."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.speech import boundaries, comparison
from phonotopy.speech.alignment import Plan
from phonotopy.speech.corpus import read_utterances
from phonotopy.speech.dictionary import read_dictionary, restricted
from phonotopy.speech.labels import Labels
from phonotopy.tables import write_table

snakemake: Snakemake

with logs.opened(snakemake.log[0]):
    source, params, output = snakemake.input, snakemake.params, snakemake.output
    utterances = read_utterances(source.utterances)
    used = comparison.read_accounts(source.coverage, source.intervals)
    labels = Labels.read(source.inventory, source.labels, params.outside)
    folders = dict(zip(params.aligners, source.aligners, strict=True))
    own = read_dictionary(source.dictionary) if source.dictionary else {}
    own = restricted(own, (utterance.transcript for utterance in utterances))
    plan = Plan((), params.tiers, labels, own, params.mapped, folders)
    comparisons = []
    for method in params.compared["methods"]:
        sample = comparison.sample(utterances, used, method, params.compared["utterances"], params.seed)
        comparisons.append(comparison.compare(sample, used, plan, method, snakemake.threads))
    boundaries.write_boundaries(output.onsets, (found for item in comparisons for found in item.boundaries))
    rows = (row for item in comparisons for row in comparison.summary(params.corpus, item))
    write_table(output.summary, comparison.COLUMNS, rows)
