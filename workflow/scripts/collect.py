"""Utterances of a folder or archive of recordings."""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.speech import archives
from phonotopy.speech.corpus import write_exclusions, write_utterances
from phonotopy.speech.layout import Layout
from phonotopy.speech.recordings import Splitting, collect

snakemake: Snakemake

with logs.opened(snakemake.log[0]) as log:
    source, unpacked, params = Path(snakemake.input.source), Path(snakemake.output.recordings), snakemake.params
    Path(snakemake.output.cuts).mkdir(parents=True, exist_ok=True)
    archives.check_source(source)
    unpacked.mkdir(parents=True, exist_ok=True)
    if source.is_file():
        archives.unpack(source, unpacked)
        source = unpacked
    utterances, exclusions = collect(
        source, Splitting(**params.splitting), unpacked.parent, Layout(**params.layout), snakemake.threads
    )
    write_utterances(snakemake.output.utterances, utterances)
    write_exclusions(snakemake.output.exclusions, exclusions)
    log.info("%d utterances, %d excluded", len(utterances), len(exclusions))
