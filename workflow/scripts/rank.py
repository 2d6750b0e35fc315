"""Effective ranks of the responses and filters of every layer."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import read_grids, read_ranks
from phonotopy.core import logs
from phonotopy.core.tables import write_table
from phonotopy.organisation.rank import RANKS, rank_row

snakemake: Snakemake
with logs.opened(snakemake.log[0]):
    layers = zip(read_grids(snakemake.input.layers), snakemake.input.moments, strict=True)
    write_table(snakemake.output[0], RANKS, [rank_row(layer, *read_ranks(path)) for layer, path in layers])
