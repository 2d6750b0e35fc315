"""Methods of attribution compared, and the patch of the input that drives each unit of a recogniser."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.core.seeds import key
from phonotopy.core.tables import write_table
from phonotopy.introspection.attribution.attribution import TABLES, Comparison
from phonotopy.introspection.attribution.patches import patch_measures
from phonotopy.introspection.attribution.token_stretches import choose
from phonotopy.introspection.measures import write_measures
from phonotopy.introspection.subject import Paths, Subject

snakemake: Snakemake
source, output, params = snakemake.input, snakemake.output, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    paths = Paths(*(source[name] for name in Paths.__dataclass_fields__))
    inventory = read_inventory(source.phones)
    subject = Subject.open(paths, inventory, splits=params.splits, compute=params.compute, layers=params.layers)
    subject = subject.with_bands("attribution")
    own = key("attribution", params.seed)
    chosen = choose(subject, params.phones or params.shown, params.tokens, own)
    log.info("%d tokens", len(chosen))
    write_measures(output[3], dict(patch_measures(subject, chosen)), subject.positions)
    comparison = Comparison(subject, chosen, own, int(snakemake.wildcards.seed), params.permutations)
    tables = comparison.rows(), comparison.agreement(), comparison.curve_rows()
    for path, table, rows in zip(output, TABLES, tables, strict=False):
        write_table(path, table.columns, rows)
