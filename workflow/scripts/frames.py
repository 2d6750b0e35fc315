"""What every recogniser makes of a few utterances, frame by frame, for the film of the maps."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.frames import answers, decibels
from phonotopy.annotation.intervals import read_intervals
from phonotopy.audio.waveform import read_mono
from phonotopy.core import logs
from phonotopy.corpus.utterances import read_utterances
from phonotopy.film.choice import chosen, read_kinds
from phonotopy.film.reel import Reel, Shot
from phonotopy.recogniser.device import prepare
from phonotopy.recogniser.features import LogMel, open_features

snakemake: Snakemake
source, params, mel = snakemake.input, snakemake.params, LogMel(**snakemake.params.picture)
with logs.opened(snakemake.log[0]) as log:
    kinds, intervals = read_kinds(str(source.voices)), read_intervals(*source.intervals)
    index = open_features(source.features, source.index)
    segments = {one.utterance: one for one in index.segments}
    known = [one for one in read_utterances(source.utterances) if one.utterance in segments]
    said = chosen(known, kinds, intervals, **params.choice)
    sounds = [(one, read_mono(one.audio, mel.sample_rate_hz)) for one in said]
    shots = [Shot.of(one, kinds, intervals[one.utterance], sound, decibels(sound, mel)) for one, sound in sounds]
    asked = [segments[one.utterance] for one in said]
    device = prepare(params.compute["device"], params.compute["threads"])
    found = [answers(checkpoint, device, index, asked) for checkpoint in source.checkpoints]
    named, hertz = dict(zip(params.runs, found, strict=True)), (mel.lowest_hz, mel.highest_hz)
    Reel.of(shots, named, mel.sample_rate_hz, mel.hop_s, hertz).write(snakemake.output[0])
    log.info("%d utterances, %d trainings", len(shots), len(found))
