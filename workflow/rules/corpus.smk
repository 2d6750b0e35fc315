"""Audio with transcripts: the embedded corpus, or one's own recordings."""

from phonotopy.speech.archives import fingerprint

if config["corpus"]["source"] == "recordings":
    RECORDINGS = config["corpus"]["recordings"]

    rule collect:
        input:
            source=RECORDINGS["path"],
            library=library("speech.recordings", "speech.archives", "logs"),
        output:
            utterances=f"{RESULTS}/corpus/{CORPUS}/utterances.tsv",
            exclusions=f"{RESULTS}/corpus/{CORPUS}/exclusions.tsv",
            recordings=directory(f"{RESULTS}/corpus/{CORPUS}/recordings"),
        log:
            f"{RESULTS}/logs/corpus/{CORPUS}.log",
        benchmark:
            f"{RESULTS}/benchmarks/corpus/{CORPUS}.tsv"
        threads: 2
        resources:
            mem_mb=2000,
            runtime=120,
        params:
            splitting={
                "test_speakers": RECORDINGS["test_speakers"],
                "dev_fraction": RECORDINGS["dev_fraction"],
                "seed": config["seed"],
            },
            files=fingerprint(RECORDINGS["path"]),
        script:
            "../scripts/collect.py"

else:
    pass
