"""Train one condition with one seed; goes on where an interrupted training of the same kind stopped."""

import json

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.files import digest
from phonotopy.machine import environment
from phonotopy.recogniser.checkpoint import Resume, save_recogniser
from phonotopy.recogniser.device import prepare
from phonotopy.recogniser.training import Epoch, Setup, Trainer, train
from phonotopy.speech.features import open_features
from phonotopy.tables import write_table

snakemake: Snakemake
params, output = snakemake.params, snakemake.output
with logs.opened(snakemake.log[0], console=f"{snakemake.wildcards.model}, seed {snakemake.wildcards.seed}") as log:
    device = prepare(params.setup["device"], params.setup["threads"])
    setup = Setup.of(params.setup, params.objective, hop_s=params.analysis["hop_s"])
    index = open_features(snakemake.input.features, snakemake.input.index)
    trainer = Trainer(index, setup, seed=int(snakemake.wildcards.seed), device=device)
    content = digest(*snakemake.input.library, snakemake.input.features, snakemake.input.index)
    resume = Resume(output.checkpoint, content + json.dumps([params.setup, params.objective], sort_keys=True))
    history = train(trainer, resume)
    write_table(output.history, Epoch._fields, (epoch._asdict() for epoch in history))
    settings = {**params.analysis, "alphabet": trainer.alphabet}
    origin = {"seed": trainer.seed, "setup": params.setup, "objective": params.objective, **environment()}
    save_recogniser(output.checkpoint, trainer.network, settings, origin)
    resume.clear()
