"""Which acoustics the units and layers of one recogniser follow."""

from snakemake.iocontainers import Snakemake

from phonotopy.audio.waveform import read_mono
from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.core.tables import write_table
from phonotopy.corpus.utterances import read_utterances
from phonotopy.introspection.acoustics.acoustics import TABLES, Settings, acoustics
from phonotopy.introspection.measures import write_measures
from phonotopy.introspection.subject import Paths, Subject
from phonotopy.selectivity.d_prime import Criteria

snakemake: Snakemake
source, params, wildcards = snakemake.input, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]):
    paths = Paths(source.checkpoint, source.features, source.index, source.intervals, source.placement)
    given = {name: params[name] for name in ("splits", "compute", "layers")}
    subject = Subject.open(paths, read_inventory(source.phones), **given).with_bands("acoustics")
    spoken = {one.utterance: one for one in read_utterances(source.utterances)}
    rate_hz = min([16000, *(spoken[one.utterance].sample_rate_hz for one in subject.segments)])
    nulls = (params.rotations, params.permutations, params.contiguity, params.seed)
    settings = Settings(params.reach_s, *nulls, Criteria(**params.criteria))
    training = (wildcards.condition, int(wildcards.seed))
    answer = acoustics(subject, lambda n: read_mono(spoken[n].audio, rate_hz), rate_hz, settings, training=training)
    for path, table in zip(snakemake.output, TABLES[:-1], strict=False):
        write_table(path, table.columns, answer.rows[table.name])
    write_measures(snakemake.output[-1], answer.measures, subject.positions)
