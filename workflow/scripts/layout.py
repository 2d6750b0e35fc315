"""Units of one condition at other positions: the same responses, another map."""

import shutil

from snakemake.iocontainers import Snakemake

from phonotopy.activations.comoments import read_comoments
from phonotopy.activations.geometry import read_grids
from phonotopy.activations.layouts.layout import FITTED, arranged
from phonotopy.activations.placement import write_placement
from phonotopy.core import logs
from phonotopy.core.files import replacing

snakemake: Snakemake
source, output, params, wildcards = snakemake.input, snakemake.output, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]) as log:
    grids = read_grids(source.geometry)
    comoments = read_comoments(source.comoments, grids) if params.layout in FITTED else {}
    placement = arranged(params.layout, grids, comoments, params.seed, wildcards.condition, wildcards.seed)
    with replacing(output.geometry) as part:
        shutil.copyfile(source.geometry, part)
    write_placement(output.placement, placement, grids)
    log.info("%s: %d layers", params.layout, len(grids))
