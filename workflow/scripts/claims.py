"""What may be claimed of the maps of a run, and what may not."""

from snakemake.iocontainers import Snakemake

from phonotopy.comparisons.claims import COLUMNS, TABLE, claims
from phonotopy.core import logs
from phonotopy.core.tables import number, read_table, write_table

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    whole = {"seed": int, "layer": int}
    types = {name: {column: whole.get(column, number) for column in columns} for name, columns in COLUMNS.items()}
    paths = zip(map(tuple, params.runs), source.ladder, strict=True)
    tables = {name: read_table(source[name], types[name]) for name in COLUMNS if name != "ladder"}
    ladders = {run: read_table(path, types["ladder"]) for run, path in paths}
    given = tables | {"ladder": ladders}
    layouts = [name for name, origin in params.origins.items() if name != origin == params.control]
    rows = list(claims(params.corpus, given, params.control, layouts, params.rate, params.seed))
    write_table(snakemake.output[0], TABLE.columns, rows)
    log.info("%d claims, of which %d hold", len(rows), sum(row["holds"] == "yes" for row in rows))
