"""Features of all aligned utterances."""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from phonotopy.alignment.splits import require_splits
from phonotopy.core import logs
from phonotopy.core.tables import read_table
from phonotopy.corpus.utterances import read_utterances
from phonotopy.recogniser.features import write_features
from phonotopy.recogniser.samples.analysis import analysis_of

snakemake: Snakemake

with logs.opened(snakemake.log[0]) as log:
    coverage = read_table(snakemake.input.coverage)
    require_splits(coverage)
    aligned = {row["utterance"] for row in coverage if row["status"] == "aligned"}
    utterances = [item for item in read_utterances(snakemake.input.utterances) if item.utterance in aligned]
    write_features(
        Path(snakemake.output.features),
        Path(snakemake.output.index),
        utterances,
        analysis_of(snakemake.params.analysis),
    )
    log.info("%d utterances, %.1f minutes", len(utterances), sum(item.duration_s for item in utterances) / 60)
