"""The answer of a run in a few sentences, as a page of the report."""

from snakemake.iocontainers import Snakemake

from phonotopy.comparisons.answer import answer, read_claims, write_page
from phonotopy.core import logs

snakemake: Snakemake
with logs.opened(snakemake.log[0]) as log:
    sentences = answer(read_claims(snakemake.input.claims), snakemake.params.control)
    write_page(snakemake.output[0], sentences)
    for sentence in sentences:
        log.info("%s", sentence)
