"""Units of one condition at other positions: the same responses, another map."""

import shutil

from snakemake.iocontainers import Snakemake

from phonotopy.activations.geometry import read_grids
from phonotopy.activations.layout import arranged
from phonotopy.activations.placement import write_placement
from phonotopy.core import logs
from phonotopy.core.files import replacing

snakemake: Snakemake
source, output, params, wildcards = snakemake.input, snakemake.output, snakemake.params, snakemake.wildcards
with logs.opened(snakemake.log[0]) as log:
    grids = read_grids(source.geometry)
    placement = arranged(params.layout, grids, params.seed, wildcards.condition, wildcards.seed)
    with replacing(output.geometry) as part:
        shutil.copyfile(source.geometry, part)
    write_placement(output.placement, placement, grids)
    log.info("%s: %d layers", params.layout, len(grids))
