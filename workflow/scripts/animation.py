"""The film of one utterance and one seed as an animated picture."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.figures.style import Conditions
from phonotopy.film.animation import Animation, moments, palette, write_animation
from phonotopy.film.payload import Showing
from phonotopy.film.reel import Reel

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    tables = zip(params.runs, params.origins, source.geometry, source.placement, strict=True)
    names = dict(params.runs)
    style = Conditions.of(names, set(params.controls) & set(names))
    showings = [Showing.read(*one) for one in tables]
    film = Animation(Reel.read(source.frames), params.utterance, showings, style, params.speed)
    times_s, delay_s = moments(film.duration_s, film.step_s, params.speed)
    write_animation(snakemake.output[0], film.pictures(times_s), palette(style), delay_s)
    log.info("%d pictures, %.2f s each", len(times_s), delay_s)
