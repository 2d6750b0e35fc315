"""What the stored tokens of the chosen splits sound like, whatever responds to them."""

from snakemake.iocontainers import Snakemake

from phonotopy.activations.accumulate import Coding, aligned, tokens_of
from phonotopy.activations.gather import Spoken
from phonotopy.activations.sound.describe_sound import SAMPLE_RATE_HZ, describe
from phonotopy.activations.sound.sound import Sound
from phonotopy.annotation.intervals import read_intervals
from phonotopy.audio.waveform import read_mono
from phonotopy.core import logs
from phonotopy.core.inventory import read_inventory
from phonotopy.corpus.utterances import read_utterances
from phonotopy.recogniser.features import read_segments

snakemake: Snakemake
source, params = snakemake.input, snakemake.params
with logs.opened(snakemake.log[0]) as log:
    audio = {one.utterance: one.audio for one in read_utterances(source.utterances)}
    intervals = read_intervals(*source.intervals)
    segments = aligned(read_segments(source.index), params.splits, intervals)
    coding = Coding.of(read_inventory(source.phones), segments)
    tokens = tokens_of(intervals, segments, coding, params.cap)
    spoken = [Spoken(one.utterance, one.speaker, one.split, tokens[one.utterance]) for one in segments]
    sound: Sound = describe(
        spoken, lambda name: read_mono(audio[name], SAMPLE_RATE_HZ), coding.phones, most=params.most, seed=params.seed
    )
    sound.write(snakemake.output[0])
    log.info("%d tokens described, of %d utterances", len(sound.token), len(segments))
