"""The explorer: every measure of the units of all trainings, in one page."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.explorer.explorer import explored
from phonotopy.explorer.meanings import read_meanings
from phonotopy.explorer.page import write_page
from phonotopy.explorer.trainings_shown import measures_of, shown_of
from phonotopy.selectivity.d_prime import Criteria

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    inventory = read_inventory(source.phones)
    files = {kind: source.get(kind) for kind in ("tables", "geometry", "placement", "filters")}
    shown = shown_of(params.runs, files, source.responses)
    measures = measures_of(shown, inventory.labels)
    meanings, criteria = read_meanings(source.dictionary), Criteria(**params.criteria)
    contents = explored(shown, measures, inventory, meanings, criteria, about=params.about)
    write_page(snakemake.output[0], contents, source.web, params.title)
    log.info("%d measures of %d trainings", len(measures), len(shown))
    for name, count in contents.about["left_out"].items():
        log.warning("left out for the size of the page: %s of %d trainings or layers", name, count)
