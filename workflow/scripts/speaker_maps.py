"""Maps of phones by speaker in every layer, and how much each is that of the others."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.read import Responses
from phonotopy.core import logs
from phonotopy.core.tables import write_table
from phonotopy.selectivity.d_prime import Criteria
from phonotopy.selectivity.speaker_maps import AGREEMENT, MAPS, SpeakerMaps, agreement_rows, map_rows

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    responses = Responses.open(source.responses, source.geometry, source.placement)
    maps: list[dict[str, object]] = []
    agreement: list[dict[str, object]] = []
    for layer, positions in responses.positions.items():
        found = SpeakerMaps.of(responses.cells(layer), Criteria(**params.criteria))
        maps += map_rows(found, positions, layer, params.phones)
        agreement += agreement_rows(found, layer)
        log.info("layer %d: %d speakers, %d phones", layer, len(found.speakers), len(found.phones))
    write_table(snakemake.output.speaker_maps, MAPS.columns, maps)
    write_table(snakemake.output.speaker_agreement, AGREEMENT.columns, agreement)
