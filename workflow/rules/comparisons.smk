"""Trainings beside each other: agreement of seeds, differences between conditions, trends over depth."""


rule agreement:
    input:
        selectivity=per_training("mapping", "selectivity.tsv"),
        layers=NETWORK_LAYERS,
    output:
        report(
            f"{RESULTS}/tables/agreement.tsv",
            caption="../report/agreement.rst",
            category="mapping",
            labels={"result": "agreement of seeds", "kind": "table", "seed": "all"},
        ),
    log:
        f"{RESULTS}/logs/mapping/agreement.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/agreement.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
    params:
        library=library("agreement.py"),
        corpus=CORPUS,
        runs=RUNS,
        surrogates=MAPPING["surrogates"],
        seed=config["seed"],
    script:
        "../scripts/agreement.py"


rule conditions:
    input:
        recognition=f"{RESULTS}/tables/recognition.tsv",
        topography=f"{RESULTS}/tables/topography.tsv",
    output:
        report(
            f"{RESULTS}/tables/conditions.tsv",
            caption="../report/conditions_table.rst",
            category="mapping",
            labels={"result": "differences between conditions", "kind": "table", "seed": "all"},
        ),
    log:
        f"{RESULTS}/logs/mapping/conditions.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/conditions.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        library=library("conditions.py"),
        corpus=CORPUS,
        control=CONTROL,
        margin=MAPPING["equivalence_margin"],
        bootstraps=MAPPING["bootstraps"],
        seed=config["seed"],
    script:
        "../scripts/conditions.py"


rule depth:
    input:
        topography=f"{RESULTS}/tables/topography.tsv",
    output:
        report(
            f"{RESULTS}/tables/depth.tsv",
            caption="../report/depth.rst",
            category="mapping",
            labels={"result": "trends over depth", "kind": "table", "seed": "all"},
        ),
    log:
        f"{RESULTS}/logs/mapping/depth.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/depth.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        library=library("depth.py"),
        corpus=CORPUS,
        seed=config["seed"],
    script:
        "../scripts/depth.py"
