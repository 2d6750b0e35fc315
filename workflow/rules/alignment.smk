"""Phone intervals of every utterance: TextGrids where there are some, forced alignment elsewhere."""


rule align:
    input:
        utterances=f"{RESULTS}/corpus/{CORPUS}/utterances.tsv",
        exclusions=f"{RESULTS}/corpus/{CORPUS}/exclusions.tsv",
        inventory=INVENTORY,
        labels=LABELS,
        dictionary=config["alignment"]["dictionary"] or [],
    output:
        intervals=f"{RESULTS}/alignment/{CORPUS}/intervals.tsv",
        coverage=f"{RESULTS}/alignment/{CORPUS}/coverage.tsv",
        textgrids=directory(f"{RESULTS}/alignment/{CORPUS}/textgrids"),
        summary=report(
            f"{RESULTS}/tables/alignment.tsv",
            caption="../report/alignment.rst",
            category="alignment",
            labels={"result": "alignment", "kind": "table", "seed": "all"},
        ),
    log:
        f"{RESULTS}/logs/alignment/{CORPUS}.log",
    benchmark:
        f"{RESULTS}/benchmarks/alignment/{CORPUS}.tsv"
    conda:
        ENVIRONMENT
    threads: 8
    resources:
        mem_mb=growing(1000, thread=250),
        runtime=growing(120),
    params:
        **{name: config["alignment"][name] for name in ("tiers", "mapped", "outside")},
        library=library("align.py", Path(INVENTORY), *map(Path, LABELS)),
        method=config["alignment"]["method"],
        max_excluded=config["corpus"]["max_excluded"],
        corpus=CORPUS,
    script:
        "../scripts/align.py"
