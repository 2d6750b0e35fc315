"""Effective ranks of the responses and filters of every layer."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import Responses
from phonotopy.core import logs
from phonotopy.core.tables import write_table
from phonotopy.organisation.rank import TABLE, rank_row

snakemake: Snakemake
source = snakemake.input
with logs.opened(snakemake.log[0]):
    responses, rows = Responses.open(source.responses, source.geometry, source.placement), []
    for layer in responses.layers:
        found = responses.arrays(layer, "frame_comoment", "filter_cosine")
        rows.append(rank_row(layer, found["frame_comoment"], found.get("filter_cosine")))
    write_table(snakemake.output[0], TABLE.columns, rows)
