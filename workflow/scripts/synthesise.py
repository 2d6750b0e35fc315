"""Utterances of the embedded synthetic corpus."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.corpus.sentences import read_grammar
from phonotopy.corpus.synthesise import synthesise, write_words
from phonotopy.corpus.utterances import write_exclusions, write_utterances
from phonotopy.corpus.voices import choose_voices, read_voices

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
