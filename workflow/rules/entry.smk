"""Own intervals, checkpoints or responses in the place of what a stage would make."""


rule take_checkpoint:
    input:
        checkpoint=lambda wildcards: entry.place(OWN_CHECKPOINTS[wildcards.condition], wildcards.seed),
        features=rules.features.output.features,
        index=rules.features.output.index,
    output:
        checkpoint=f"{RESULTS}/training/{{corpus}}/{{condition}}/seed{{seed}}/checkpoint.pt",
        history=f"{RESULTS}/training/{{corpus}}/{{condition}}/seed{{seed}}/history.tsv",
    log:
        f"{RESULTS}/logs/training/{{corpus}}/{{condition}}/seed{{seed}}/take_checkpoint.log",
    benchmark:
        f"{RESULTS}/benchmarks/training/{{corpus}}/{{condition}}/seed{{seed}}/take_checkpoint.tsv"
    wildcard_constraints:
        condition=alternatives(OWN_CHECKPOINTS),
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        library=library("take_checkpoint.py"),
        network=TRAINING["network"],
        analysis=TRAINING["features"],
    script:
        "../scripts/take_checkpoint.py"


rule take_responses:
    input:
        tokens=own_response("tokens.tsv"),
        layers=own_response("layers.tsv"),
        means=own_layers("npy"),
        moments=own_layers("npz"),
        phones=INVENTORY,
    output:
        tokens=f"{RESULTS}/activations/{{corpus}}/{{condition}}/seed{{seed}}/tokens.tsv",
        layers=f"{RESULTS}/activations/{{corpus}}/{{condition}}/seed{{seed}}/layers.tsv",
        means=[f"{RESULTS}/activations/{{corpus}}/{{condition}}/seed{{seed}}/layer{n}.npy" for n in LAYERS],
        moments=[f"{RESULTS}/activations/{{corpus}}/{{condition}}/seed{{seed}}/layer{n}.npz" for n in LAYERS],
        history=f"{RESULTS}/training/{{corpus}}/{{condition}}/seed{{seed}}/history.tsv",
        recognition=f"{RESULTS}/training/{{corpus}}/{{condition}}/seed{{seed}}/recognition.tsv",
    log:
        f"{RESULTS}/logs/activations/{{corpus}}/{{condition}}/seed{{seed}}/take_responses.log",
    benchmark:
        f"{RESULTS}/benchmarks/activations/{{corpus}}/{{condition}}/seed{{seed}}/take_responses.tsv"
    wildcard_constraints:
        condition=alternatives(OWN_RESPONSES),
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(4000),
        runtime=growing(30),
    params:
        library=library("take_responses.py", Path(INVENTORY)),
        network=TRAINING["network"],
    script:
        "../scripts/take_responses.py"


if config["alignment"]["intervals"]:

    ruleorder: take_intervals > align  # both make the same files; that the table exists has been checked

    rule take_intervals:
        input:
            intervals=config["alignment"]["intervals"],
            utterances=f"{RESULTS}/corpus/{CORPUS}/utterances.tsv",
            exclusions=f"{RESULTS}/corpus/{CORPUS}/exclusions.tsv",
            inventory=INVENTORY,
            labels=LABELS,
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
        threads: 1
        resources:
            mem_mb=growing(2000),
            runtime=growing(60),
        params:
            **{name: config["alignment"][name] for name in ("mapped", "outside")},
            library=library("take_intervals.py", Path(INVENTORY), *map(Path, LABELS)),
            max_excluded=config["corpus"]["max_excluded"],
            corpus=CORPUS,
        script:
            "../scripts/take_intervals.py"
