"""How long a stretch of speech each unit integrates, and whether this follows the tempo of speech."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.core.tables import write_table
from phonotopy.introspection.measures import write_measures
from phonotopy.introspection.subject import Paths, Subject
from phonotopy.introspection.windows.listening import Settings, answers, letter_errors, stretches_of
from phonotopy.introspection.windows.windows import TABLES, Findings
from phonotopy.spatial.phone_maps import read_maps

snakemake: Snakemake
source, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]):
    paths = Paths(*(source[name] for name in Paths.__dataclass_fields__))
    given = {"splits": params.splits, "compute": params.compute, "layers": params.layers}
    subject = Subject.open(paths, read_inventory(source.phones), **given).with_bands("windows")
    settings = Settings.of(params.windows, params.bootstraps, params.seed)
    stretches = stretches_of(subject, settings)
    found = Findings(subject, settings, tuple(answers(subject, stretches, settings, int(wildcards.seed))))
    training = wildcards.condition, wildcards.seed
    maps = found.map_rows(params.contiguity, permutations=params.permutations, training=training)
    errors = letter_errors(subject, stretches, settings)
    rows = (found.window_rows(), found.curve_rows(), found.yoking_rows(), maps, errors)
    for table, of_table, path in zip(TABLES, rows, snakemake.output, strict=False):
        write_table(path, table.columns, of_table)
    measures = found.with_durations(read_maps(source.selectivity))
    write_measures(snakemake.output.windows_measures, measures, subject.positions)
