"""The record of what a run was made from and with."""

import json
from pathlib import Path

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.provenance.provenance import gather, write, write_page

snakemake: Snakemake
params, output = snakemake.params, snakemake.output

with logs.opened(snakemake.log[0]) as log:
    settings = json.loads(params.settings)
    tables = [Path(file) for file in snakemake.input.tables]
    record = gather(settings, Path(params.root), Path(params.logs), [*map(tuple, params.runs)], tables)
    write(output.record, record)
    write_page(output.page, record)
    log.info("settings %s, code %s", record["settings_sha256"], record["code"]["sha256"])
