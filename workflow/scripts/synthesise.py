"""Utterances of the embedded synthetic corpus."""

from snakemake.iocontainers import Snakemake

from phonotopy import logs
from phonotopy.speech.corpus import write_exclusions, write_utterances
from phonotopy.speech.sentences import read_grammar
from phonotopy.speech.synthesis import synthesise, write_words
from phonotopy.speech.voices import choose_voices, read_voices

snakemake: Snakemake

with logs.opened(snakemake.log[0]) as log:
    grammar = read_grammar(snakemake.input.grammar)
    voices = choose_voices(read_voices(snakemake.input.voices), snakemake.params.speakers)
    speeches = synthesise(
        grammar, voices, snakemake.output.audio, snakemake.params.minutes, snakemake.params.seed, snakemake.threads
    )
    write_utterances(snakemake.output.utterances, (speech.utterance for speech in speeches))
    write_exclusions(snakemake.output.exclusions, [])
    write_words(snakemake.output.words, speeches)
    log.info("%d utterances of %d speakers", len(speeches), len(voices))
