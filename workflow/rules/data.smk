"""What the corpus consists of, and how well its alignment agrees with other accounts of the same speech."""


rule describe:
    input:
        utterances=f"{RESULTS}/corpus/{CORPUS}/utterances.tsv",
        intervals=f"{RESULTS}/alignment/{CORPUS}/intervals.tsv",
        coverage=f"{RESULTS}/alignment/{CORPUS}/coverage.tsv",
    output:
        speakers=tabled("speakers", "alignment"),
        durations=tabled("durations", "alignment"),
        reasons=tabled("reasons", "alignment"),
    log:
        f"{RESULTS}/logs/alignment/{CORPUS}.describe.log",
    benchmark:
        f"{RESULTS}/benchmarks/alignment/{CORPUS}.describe.tsv"
    group:
        "data"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        library=library("describe.py"),
        corpus=CORPUS,
        private=config["report"]["private"],
    script:
        "../scripts/describe.py"


rule boundaries:
    input:
        utterances=f"{RESULTS}/corpus/{CORPUS}/utterances.tsv",
        words=f"{RESULTS}/corpus/{CORPUS}/words.tsv",
        intervals=f"{RESULTS}/alignment/{CORPUS}/intervals.tsv",
        coverage=f"{RESULTS}/alignment/{CORPUS}/coverage.tsv",
    output:
        onsets=f"{RESULTS}/alignment/{CORPUS}/onsets.tsv",
        summary=tabled("boundaries", "alignment"),
    log:
        f"{RESULTS}/logs/alignment/{CORPUS}.boundaries.log",
    benchmark:
        f"{RESULTS}/benchmarks/alignment/{CORPUS}.boundaries.tsv"
    group:
        "data"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        library=library("boundaries.py"),
        corpus=CORPUS,
    script:
        "../scripts/boundaries.py"


rule compare_alignments:
    input:
        utterances=f"{RESULTS}/corpus/{CORPUS}/utterances.tsv",
        intervals=f"{RESULTS}/alignment/{CORPUS}/intervals.tsv",
        coverage=f"{RESULTS}/alignment/{CORPUS}/coverage.tsv",
        inventory=INVENTORY,
        labels=LABELS,
        dictionary=config["alignment"]["dictionary"] or [],
        aligners=expand([EXTERNAL[name] for name in COMPARED if name in EXTERNAL], part=PARTS),
    output:
        onsets=f"{RESULTS}/alignment/{CORPUS}/compared_onsets.tsv",
        summary=tabled("compared_alignments", "alignment"),
    log:
        f"{RESULTS}/logs/alignment/{CORPUS}.compare_alignments.log",
    benchmark:
        f"{RESULTS}/benchmarks/alignment/{CORPUS}.compare_alignments.tsv"
    group:
        "alignment"
    conda:
        ENVIRONMENT
    threads: 8
    resources:
        mem_mb=growing(1000, thread=250),
        runtime=growing(60),
    params:
        **{name: config["alignment"][name] for name in ("tiers", "mapped", "outside", "compared")},
        library=library("compare_alignments.py", Path(INVENTORY), *map(Path, LABELS)),
        aligners=[name for name in COMPARED if name in EXTERNAL],
        remarks=REMARKS,
        seed=config["seed"],
        corpus=CORPUS,
    script:
        "../scripts/compare_alignments.py"
