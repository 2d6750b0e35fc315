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
with logs.opened(snakemake.log[0]) as log:
    paths = Paths(source.checkpoint, source.features, source.index, source.intervals, source.placement)
    given = {"splits": params.splits, "compute": params.compute, "layers": params.layers}
    subject = Subject.open(paths, read_inventory(source.phones), **given)
    spoken = {one.utterance: one for one in read_utterances(source.utterances)}
    own = [spoken[segment.utterance] for segment in subject.segments]
    rate_hz = min([16000, *(one.sample_rate_hz for one in own)])  # what is above carries neither pitch nor formants
    statistics = (params.permutations, params.contiguity, Criteria(**params.criteria), params.seed)
    settings = Settings(params.reach_s, params.rotations, *statistics)
    training = (wildcards.condition, int(wildcards.seed))
    answer = acoustics(
        subject, lambda name: read_mono(spoken[name].audio, rate_hz), rate_hz, settings, training=training
    )
    for path, table in zip(snakemake.output, TABLES[:-1], strict=False):
        write_table(path, table.columns, answer.rows[table.name])
    write_measures(snakemake.output[-1], answer.measures, subject.positions)
    log.info("%d speakers", len(subject.coding.speakers))
