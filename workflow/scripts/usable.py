"""How much of the corpus is usable; where that is too little, nothing else begins."""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.tables import write_table
from phonotopy.corpus import usable
from phonotopy.corpus.utterances import read_exclusions, read_utterances

snakemake: Snakemake

with logs.opened(snakemake.log[0]) as log:
    source, listing = snakemake.input, Path(snakemake.log[0].replace(".usable.log", ".excluded.tsv"))
    utterances, exclusions = read_utterances(source.utterances), read_exclusions(source.exclusions)
    total = len(utterances) + len(exclusions)
    usable.check(exclusions, total, snakemake.params.max_excluded, listing=listing)
    write_table(snakemake.output[0], usable.TABLE.columns, usable.summary(utterances, exclusions))
    log.info("%d of %d utterances are usable", len(utterances), total)
