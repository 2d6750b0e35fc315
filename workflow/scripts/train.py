"""Train one condition with one seed; goes on where an interrupted training of the same kind stopped."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.files import digest
from phonotopy.recogniser.job import Job, run

snakemake: Snakemake
params, inputs, output = snakemake.params, snakemake.input, snakemake.output
with logs.opened(snakemake.log[0], console=f"{snakemake.wildcards.model}, seed {snakemake.wildcards.seed}"):
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
            content=digest(*inputs.library, inputs.features, inputs.index),
        )
    )
