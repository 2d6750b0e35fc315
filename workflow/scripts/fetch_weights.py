"""The weights of a bundle of torchaudio in the cache, and a receipt that says which they are."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.download.catalogue import Source, write_receipt
from phonotopy.download.download import Patience
from phonotopy.download.fetch_weights import fetch_weights

snakemake: Snakemake

with logs.opened(snakemake.log[0]):
    source, params = Source(**snakemake.params.source), snakemake.params
    write_receipt(snakemake.output[0], fetch_weights(source, params.cache, Patience(**params.patience)))
