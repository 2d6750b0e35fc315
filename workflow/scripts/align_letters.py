"""TextGrids of words and letters by a recogniser trained with CTC."""

from pathlib import Path

from snakemake.iocontainers import Snakemake

from phonotopy.alignment.asked import Part
from phonotopy.annotation.textgrid import write_textgrid
from phonotopy.audio.waveform import read_mono
from phonotopy.core import logs
from phonotopy.core.errors import InputError
from phonotopy.core.files import replacing_folder
from phonotopy.corpus.utterances import read_utterances
from phonotopy.recogniser import align_letters

snakemake: Snakemake
name, source = snakemake.params.recogniser, snakemake.input

with logs.opened(snakemake.log[0]) as log, replacing_folder(snakemake.output.textgrids) as folder:
    listener = align_letters.of_checkpoint(source.checkpoint) if source.checkpoint else align_letters.of_pipeline(name)
    for utterance in Part(**snakemake.params.part).of(read_utterances(source.utterances)):
        try:
            samples = read_mono(utterance.audio, listener.sample_rate_hz)
            tiers = align_letters.align(listener, samples, utterance.transcript)
            write_textgrid(Path(folder, f"{utterance.utterance}.TextGrid"), utterance.duration_s, tiers._asdict())
        except InputError as error:
            log.warning("%s: %s; %s", utterance.utterance, error.found, error.advice)
