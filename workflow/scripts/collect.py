"""Utterances of a folder or archive of recordings."""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.speech import archives, recordings
from phonotopy.speech.corpus import write_exclusions, write_utterances

snakemake: Snakemake

with logs.opened(snakemake.log[0]) as log:
    source, unpacked = Path(snakemake.input.source), Path(snakemake.output.recordings)
    archives.check_source(source)
    unpacked.mkdir(parents=True, exist_ok=True)
    if source.is_file():
        archives.unpack(source, unpacked)
        source = unpacked
    utterances, exclusions = recordings.collect(
        source, recordings.Splitting(**snakemake.params.splitting), unpacked.parent, snakemake.threads
    )
    write_utterances(snakemake.output.utterances, utterances)
    write_exclusions(snakemake.output.exclusions, exclusions)
    log.info("%d utterances, %d excluded", len(utterances), len(exclusions))
