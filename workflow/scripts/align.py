"""Phone intervals of a part of the corpus, and the account of its utterances."""

from snakemake.iocontainers import Snakemake

from phonotopy.alignment import align
from phonotopy.alignment.asked import Part
from phonotopy.alignment.coverage import write_coverage
from phonotopy.annotation.label_sets import Labels
from phonotopy.annotation.pronunciations import read_said
from phonotopy.core import logs
from phonotopy.corpus.utterances import read_utterances

snakemake: Snakemake
inputs, params, output = snakemake.input, snakemake.params, snakemake.output
with logs.opened(snakemake.log[0]):
    utterances = Part(**params.part).of(read_utterances(inputs.utterances))
    own = read_said(inputs.dictionary, (utterance.transcript for utterance in utterances))
    labels = Labels.read(inputs.inventory, inputs.labels, params.outside, params.remarks)
    folders = {name: [folder] for name, folder in zip(params.aligners, inputs.aligners, strict=True)}
    plan = align.Plan(tuple(params.method), params.tiers, labels, own, params.mapped, folders)
    aligned = align.align_corpus(utterances, plan, snakemake.threads)
    write_coverage(output.coverage, align.write_aligned(output.intervals, output.textgrids, aligned, params.mapped))
