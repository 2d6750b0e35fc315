"""Utterances of a folder or archive of recordings."""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.corpus.collect import Splitting, collect
from phonotopy.corpus.folders import Layout
from phonotopy.corpus.utterances import write_exclusions, write_utterances
from phonotopy.download import unpack

snakemake: Snakemake

with logs.opened(snakemake.log[0]) as log:
    source, unpacked, params = Path(snakemake.input.source), Path(snakemake.output.recordings), snakemake.params
    Path(snakemake.output.cuts).mkdir(parents=True, exist_ok=True)
    utterances, exclusions = collect(
        unpack.opened(source, unpacked),
        Splitting(**params.splitting),
        unpacked.parent,
        Layout(**params.layout),
        snakemake.threads,
        listing=Path(snakemake.log[0]).with_suffix(".excluded.tsv"),
    )
    write_utterances(snakemake.output.utterances, utterances)
    write_exclusions(snakemake.output.exclusions, exclusions)
    log.info("%d utterances, %d excluded", len(utterances), len(exclusions))
