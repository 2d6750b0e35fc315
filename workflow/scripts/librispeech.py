"""Utterances of all unpacked archives of LibriSpeech."""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.corpus import librispeech
from phonotopy.corpus.utterances import Exclusion, Utterance, write_exclusions, write_utterances

snakemake: Snakemake

with logs.opened(snakemake.log[0]) as log:
    textgrids = snakemake.input.get("textgrids") or None
    rows = [
        row
        for folder, split in zip(snakemake.input.audio, snakemake.params.splits, strict=True)
        for row in librispeech.index(
            folder, split, Path(snakemake.output.utterances).parent, textgrids, snakemake.threads
        )
    ]
    librispeech.check_splits(rows)
    utterances = [row for row in rows if isinstance(row, Utterance)]
    write_utterances(snakemake.output.utterances, utterances)
    write_exclusions(snakemake.output.exclusions, [row for row in rows if isinstance(row, Exclusion)])
    log.info("%d utterances, %d with a TextGrid", len(utterances), sum(bool(row.textgrid) for row in utterances))
