"""A statistic that reads nothing but responses: the rows of its module, layer by layer."""

from importlib import import_module

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import Responses
from phonotopy.core import logs, steps
from phonotopy.core.seeds import key
from phonotopy.core.tables import write_table

snakemake: Snakemake
source, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]):
    module = import_module(f"phonotopy.{params.module}")
    responses = Responses.open(source.responses, source.geometry, source.placement)
    rows: list[dict[str, object]] = []
    for layer in steps.counted(responses.layers, "layer"):
        own = key(params.module, params.settings.get("seed", 0), wildcards.condition, wildcards.seed, layer)
        rows += module.layer_rows(responses, layer, key=own, threads=snakemake.threads, **params.settings)
    write_table(snakemake.output[0], module.TABLE.columns, rows)
