"""The page on which the maps move in step with the sound."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.figures.style import Conditions
from phonotopy.film.film import Sources, compose, notes, withheld, write_page
from phonotopy.film.payload import Showing, payload
from phonotopy.film.reel import Reel

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    sources = Sources(source.template, source.styles, source.scripts)
    if params.private:
        page = withheld(sources)
    else:
        tables = zip(params.runs, params.origins, source.geometry, source.placement, strict=True)
        showings = [Showing.read(*one) for one in tables]
        style = Conditions.of(dict(params.runs), set(params.controls) & set(dict(params.runs)))
        content = payload(Reel.read(source.frames), showings, read_inventory(source.phones), style)
        page = compose(sources, content, notes(params.missing, showings, content["left_out"]))
    write_page(snakemake.output[0], page)
    log.info("%d characters", len(page))
