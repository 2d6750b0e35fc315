"""Draw minutes by speaker, and what utterances suffered from."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.figures import speech, style
from phonotopy.tables import read_table

snakemake: Snakemake
source = snakemake.input

with logs.opened(snakemake.log[0]) as log:
    speakers = read_table(source.speakers, speech.SPEAKERS)
    figure = speech.draw(speakers, read_table(source.reasons, speech.REASONS))
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
