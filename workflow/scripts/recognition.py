"""Error rates of all trainings, by split and by speaker."""

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.tables import read_table, write_table
from phonotopy.corpus.speakers import names_of_speakers
from phonotopy.corpus.utterances import read_exclusions, read_utterances
from phonotopy.recogniser.recognition import BY_SPEAKER, TABLE, speaker_rows

snakemake: Snakemake
source, output, params = snakemake.input, snakemake.output, snakemake.params
EDITS = {"letter_edits": int, "word_edits": int}

with logs.opened(snakemake.log[0]) as log:
    write_table(output.recognition, TABLE.columns, [row for path in source.parts for row in read_table(path)])
    utterances = [row for path in source.utterances for row in read_utterances(path)]
    exclusions = [row for path in source.exclusions for row in read_exclusions(path)]
    names = names_of_speakers([*utterances, *exclusions], private=params.private)
    trainings = zip(params.runs, source.transcripts, strict=True)
    rows = [
        row
        for (condition, seed), path in trainings
        for row in speaker_rows(params.corpus, condition, seed, read_table(path, EDITS), names)
    ]
    write_table(output.by_speaker, BY_SPEAKER.columns, rows)
    log.info("%d trainings", len(params.runs))
