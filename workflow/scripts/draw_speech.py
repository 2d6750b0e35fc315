"""Draw minutes by speaker, and what utterances suffered from."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.tables import read_table
from phonotopy.figures import style
from phonotopy.figures.speech import speech

snakemake: Snakemake
source = snakemake.input

with logs.opened(snakemake.log[0]) as log:
    speakers = read_table(source.speakers, speech.SPEAKERS)
    figure = speech.draw(speakers, read_table(source.reasons, speech.REASONS))
    style.save(figure, snakemake.output)
    log.info("%s", ", ".join(snakemake.output))
