"""Tables, figures, report, settings, pins and provenance in one archive, for a paper."""

import json
from pathlib import Path

import yaml
from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.corpus.utterances import read_utterances
from phonotopy.provenance.archive import pack

snakemake: Snakemake
source, params, results = snakemake.input, snakemake.params, Path(snakemake.output[0]).parent

with logs.opened(snakemake.log[0]) as log:
    made = [Path(file) for file in [*source.results, *source.report, *source.pages, source.provenance, *source.weights]]
    members: dict[str, Path | bytes] = {path.relative_to(results).as_posix(): path for path in made}
    members |= {Path(file).relative_to(params.root).as_posix(): Path(file) for file in source.project}
    members["settings.yaml"] = yaml.safe_dump(json.loads(params.settings), allow_unicode=True).encode()
    for utterances in source.utterances:
        spoken = {item.utterance: Path(item.audio) for item in read_utterances(utterances)}
        members |= {f"audio/{name}{path.suffix}": path for name, path in spoken.items()}
        members["audio/utterances.tsv"] = Path(utterances)
    pack(snakemake.output[0], members)
    log.info("%d files", len(members))
