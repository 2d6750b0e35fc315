"""The explorer: a page in which every map can be looked at."""

OF_UNITS = per_training("mapping", *[file for one in STATISTICS if not one.on_request for file in one.of_units])
REQUESTED = [  # shown where they are there
    *per_training("mapping", *[file for one in STATISTICS if one.on_request for file in one.of_units]),
    *[
        file.format(corpus=CORPUS, condition=condition, seed=seed)
        for file in MEASURES
        for condition, seed in LISTENING_RUNS
    ],
]


rule unit_filters:  # of all trainings, since opening a checkpoint takes seconds and reading its weights none
    input:
        checkpoint=[
            rules.train.output.checkpoint.format(corpus=CORPUS, condition=DEFINED[condition].origin, seed=seed)
            for condition, seed in LISTENING_RUNS
        ],
        geometry=per_training("activations", "geometry.tsv", of=LISTENING),
        placement=per_training("activations", "placement.tsv", of=LISTENING),
    output:
        per_training("activations", "unit_filters.npz", of=LISTENING),
    log:
        f"{RESULTS}/logs/report/unit_filters.log",
    benchmark:
        f"{RESULTS}/benchmarks/report/unit_filters.tsv"
    group:
        "descriptions"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        library=library("unit_filters.py"),
    script:
        "../scripts/unit_filters.py"


rule explorer:
    input:
        tables=[*OF_UNITS, *filter(os.path.exists, REQUESTED)],
        geometry=per_training("activations", "geometry.tsv"),
        placement=per_training("activations", "placement.tsv"),
        filters=per_training("activations", "unit_filters.npz", of=LISTENING),
        responses=[
            SEAM["responses"].format(corpus=CORPUS, condition=DEFINED[condition].origin, seed=seed)
            for condition, seed in RUNS
        ],
        phones=INVENTORY,
        dictionary=f"{RESULTS}/dictionary.md",
        web=[resource(f"web/{name}") for name in EXPLORER],
    output:
        f"{RESULTS}/explorer.html",
    log:
        f"{RESULTS}/logs/report/explorer.log",
    benchmark:
        f"{RESULTS}/benchmarks/report/explorer.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        library=library("explorer.py", Path(INVENTORY), *EXPLORER),
        runs=RUNS,
        criteria=CRITERIA,
        title=f"{CORPUS}: {', '.join(CONDITIONS)}",
        about={"corpus": CORPUS, "controls": CONTROLS},
    script:
        "../scripts/explorer.py"
