"""The pages of a run: the answer, one per figure and per table, the method and the dictionary."""

import json
from pathlib import Path

from snakemake.iocontainers import Snakemake

from phonotopy.comparisons.answer import answer, read_claims
from phonotopy.core import logs
from phonotopy.pages.answer_page import Run
from phonotopy.pages.pages import Sources, write_pages
from phonotopy.pages.templates import Web
from phonotopy.provenance.dictionary import parsed

snakemake: Snakemake
params = snakemake.params

with logs.opened(snakemake.log[0]) as log:
    described = parsed(Path(snakemake.input.dictionary).read_text(encoding="utf-8"))
    sources = Sources(
        Path(snakemake.output.index).parent,
        Path(params.texts),
        Web(params.web),
        json.loads(params.settings),
        described,
    )
    claims, run = read_claims(snakemake.input.claims), Run(**params.run)
    number = write_pages(sources, run, claims, params.figures, params.tables, params.ways)
    log.info("%d pages\n%s", number, "\n".join(answer(claims, run.reference)))
