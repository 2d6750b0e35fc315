"""What became of every utterance of the corpus in its alignment, and the intervals of those that are aligned."""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from phonotopy.alignment import account
from phonotopy.alignment.coverage import read_coverage, write_coverage
from phonotopy.alignment.describe import write_summary
from phonotopy.core import logs
from phonotopy.core.tables import concatenate
from phonotopy.corpus.utterances import read_exclusions, read_utterances

snakemake: Snakemake
source, params, output = snakemake.input, snakemake.params, snakemake.output

with logs.opened(snakemake.log[0]) as log:
    utterances, tried = read_utterances(source.utterances), read_coverage(*source.parts)
    rows = account.joined(utterances, read_exclusions(source.exclusions), tried)
    listing = Path(snakemake.log[0]).with_suffix(".excluded.tsv")
    account.check_coverage(rows, tried, params.max_excluded, listing=listing)
    concatenate(output.intervals, source.intervals)
    write_coverage(output.coverage, rows)
    write_summary(output.summary, params.corpus, rows, utterances)
    log.info("%d utterances, of which an alignment of %d was asked for", len(rows), len(tried))
