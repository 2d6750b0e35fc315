"""Train one condition with one seed; goes on where an interrupted training of the same kind stopped."""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.files import digest
from phonotopy.recogniser.train import Job, run
from preflight import sources

SCRIPTS = Path(logs.__file__).parents[2]
CODE = ("train", "phonotopy.recogniser.worker")  # as it is now: it may have been edited since the run was planned

snakemake: Snakemake
params, inputs, output = snakemake.params, snakemake.input, snakemake.output
with logs.opened(snakemake.log[0]):
    run(
        Job(
            settings=params.setup,
            objective=params.objective,
            analysis=params.analysis,
            seed=int(snakemake.wildcards.seed),
            features=inputs.features,
            index=inputs.index,
            checkpoint=output.checkpoint,
            history=output.history,
            content=sources.digest(CODE, SCRIPTS) + digest(inputs.features, inputs.index),
        )
    )
