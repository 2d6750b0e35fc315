"""Audio with transcripts: the embedded corpus, LibriSpeech, or one's own recordings."""

from phonotopy.download.unpack import fingerprint
from phonotopy.corpus.voices import choose_voices, read_voices

REMARKS = "exclude"  # what remarks in transcripts are; corpora that are published with transcripts have none

if config["corpus"]["source"] == "recordings":
    RECORDINGS = config["corpus"]["recordings"]
    REMARKS = RECORDINGS["remarks"]

    rule collect:
        input:
            source=RECORDINGS["path"],
        output:
            utterances=f"{RESULTS}/corpus/{CORPUS}/utterances.tsv",
            exclusions=f"{RESULTS}/corpus/{CORPUS}/exclusions.tsv",
            recordings=directory(f"{RESULTS}/corpus/{CORPUS}/recordings"),
            cuts=directory(f"{RESULTS}/corpus/{CORPUS}/cuts"),
        log:
            f"{RESULTS}/logs/corpus/{CORPUS}.log",
        benchmark:
            f"{RESULTS}/benchmarks/corpus/{CORPUS}.tsv"
        group:
            "speech"
        conda:
            ENVIRONMENT
        threads: 8
        resources:
            mem_mb=growing(1000, thread=250),
            runtime=growing(120),
        params:
            library=library("collect.py"),
            splitting={
                "test_speakers": RECORDINGS["test_speakers"],
                "dev_fraction": RECORDINGS["dev_fraction"],
                "seed": config["seed"],
            },
            layout={
                "speakers": RECORDINGS["speakers"],
                "utterance_tier": RECORDINGS["utterance_tier"],
                "joined_s": RECORDINGS["joined_s"],
                "words": config["alignment"]["tiers"]["words"],
                "remarks": REMARKS,
            },
            files=fingerprint(RECORDINGS["path"]),
        script:
            "../scripts/collect.py"

elif config["corpus"]["source"] == "librispeech":

    include: "librispeech.smk"

else:
    SYNTHETIC = config["corpus"]["synthetic"]
    checked(choose_voices, checked(read_voices, resource("voices.tsv")), SYNTHETIC["speakers"])

    rule synthesise:
        input:
            grammar=resource("grammar.tsv"),
            voices=resource("voices.tsv"),
        output:
            utterances=f"{RESULTS}/corpus/{CORPUS}/utterances.tsv",
            exclusions=f"{RESULTS}/corpus/{CORPUS}/exclusions.tsv",
            words=f"{RESULTS}/corpus/{CORPUS}/words.tsv",
            audio=directory(f"{RESULTS}/corpus/{CORPUS}/audio"),
        log:
            f"{RESULTS}/logs/corpus/{CORPUS}.log",
        benchmark:
            f"{RESULTS}/benchmarks/corpus/{CORPUS}.tsv"
        group:
            "speech"
        conda:
            ENVIRONMENT
        threads: 8
        resources:
            mem_mb=growing(500, thread=125),
            runtime=growing(60),
        params:
            library=library("synthesise.py", "grammar.tsv", "voices.tsv"),
            minutes=SYNTHETIC["minutes"],
            speakers=SYNTHETIC["speakers"],
            seed=config["seed"],
        script:
            "../scripts/synthesise.py"


# Nothing reads its table, lest another limit trains everything anew; where it fails, no other job begins.
rule usable:
    input:
        utterances=f"{RESULTS}/corpus/{CORPUS}/utterances.tsv",
        exclusions=f"{RESULTS}/corpus/{CORPUS}/exclusions.tsv",
    output:
        USABLE,
    log:
        f"{RESULTS}/logs/corpus/{CORPUS}.usable.log",
    priority: 2
    group:
        "speech"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        library=library("usable.py"),
        max_excluded=config["corpus"]["max_excluded"],
    script:
        "../scripts/usable.py"
