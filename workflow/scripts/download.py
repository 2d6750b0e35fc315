"""One archive in the cache, whole and verified, and a receipt for it."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.download.catalogue import Source, write_receipt
from phonotopy.download.download import Patience, fetch

snakemake: Snakemake

with logs.opened(snakemake.log[0]):
    source, params = Source(**snakemake.params.source), snakemake.params
    fetch(source, params.cache, Patience(**params.patience))
    write_receipt(snakemake.output[0], source)
