"""What a recogniser can no longer spell while units of a layer are silent."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.introspection.lesions.lesion_tables import write_lesions
from phonotopy.introspection.lesions.lesioned_layers import lesioned, read_d_prime
from phonotopy.introspection.lesions.lesions import speech_of
from phonotopy.introspection.subject import Paths, Subject

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    intervals = list(dict.fromkeys([*source.intervals, *source.dev_intervals]))
    paths = Paths(source.checkpoint, source.features, source.index, intervals, source.placement)
    inventory, own = read_inventory(source.phones), params.lesions
    subject, dev = (
        Subject.open(paths, inventory, splits=splits, compute=params.compute, layers=params.layers)
        for splits in (params.splits, ["dev"])
    )
    speech = speech_of(subject, dev, own["speech_s"], params.seed)
    log.info("letters come %.0f ms after the sound", 1000 * speech.delay_s)
    found = lesioned(
        subject, speech, read_d_prime(source.selectivity, subject), params.phones,
        radius=own["radius"], scattered=own["scattered"], key=params.seed,
    )  # fmt: skip
    write_lesions(snakemake.output, subject, found, draws=params.surrogates, seed=params.seed)
