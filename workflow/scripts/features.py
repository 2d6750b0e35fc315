"""Features of all usable utterances, which need no alignment."""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.corpus.splits import require_splits
from phonotopy.corpus.utterances import read_exclusions, read_utterances
from phonotopy.recogniser.features import write_features
from phonotopy.recogniser.samples.analysis import analysis_of

snakemake: Snakemake

with logs.opened(snakemake.log[0]) as log:
    utterances = read_utterances(snakemake.input.utterances)
    require_splits(utterances, read_exclusions(snakemake.input.exclusions))
    write_features(
        Path(snakemake.output.features),
        Path(snakemake.output.index),
        utterances,
        analysis_of(snakemake.params.analysis),
    )
    log.info("%d utterances, %.1f minutes", len(utterances), sum(item.duration_s for item in utterances) / 60)
