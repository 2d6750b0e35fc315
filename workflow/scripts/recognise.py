"""What a trained recogniser makes of held-out speech and of a sample of its own, and its error rates by split."""

from dataclasses import asdict

from snakemake.iocontainers import Snakemake

from phonotopy.core import logs
from phonotopy.core.tables import write_table
from phonotopy.recogniser.checkpoint import load_recogniser
from phonotopy.recogniser.device import prepare
from phonotopy.recogniser.features import open_features
from phonotopy.recogniser.recognise import chosen, error_rows, recognise
from phonotopy.recogniser.recognition import TABLE

snakemake: Snakemake

TRANSCRIPTS = ["utterance", "speaker", "split", "transcript", "hypothesis", "letter_edits", "word_edits"]

with logs.opened(snakemake.log[0]):
    device = prepare(snakemake.params.compute["device"], snakemake.params.compute["threads"])
    network, settings = load_recogniser(snakemake.input.checkpoint)
    index = open_features(snakemake.input.features, snakemake.input.index)
    segments = chosen(index.segments, snakemake.params.train_frames, snakemake.params.seed)
    found, _ = recognise(network.to(device), index, segments, snakemake.params.batch_frames, settings["alphabet"])
    rows = [{**asdict(item), "letter_edits": item.letter_edits, "word_edits": item.word_edits} for item in found]
    write_table(snakemake.output.transcripts, TRANSCRIPTS, rows)
    named = snakemake.wildcards
    write_table(
        snakemake.output.recognition, TABLE.columns, error_rows(found, named.corpus, named.condition, int(named.seed))
    )
