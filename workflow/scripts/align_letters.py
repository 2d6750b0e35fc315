"""TextGrids of words and letters by a recogniser trained with CTC."""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.errors import InputError
from phonotopy.files import replacing_folder
from phonotopy.recogniser import letters
from phonotopy.speech.audio import read_mono
from phonotopy.speech.corpus import read_utterances
from phonotopy.speech.textgrid import write_textgrid

snakemake: Snakemake
name, source = snakemake.params.recogniser, snakemake.input

with logs.opened(snakemake.log[0]) as log, replacing_folder(snakemake.output.textgrids) as folder:
    listener = letters.of_checkpoint(source.checkpoint) if source.checkpoint else letters.of_pipeline(name)
    for utterance in read_utterances(source.utterances):
        try:
            samples = read_mono(utterance.audio, listener.sample_rate_hz)
            tiers = letters.align(listener, samples, utterance.transcript)
            write_textgrid(Path(folder, f"{utterance.utterance}.TextGrid"), utterance.duration_s, tiers._asdict())
        except InputError as error:
            log.warning("%s: %s; %s", utterance.utterance, error.found, error.advice)
