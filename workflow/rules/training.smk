TRAINING = config["training"]
ANALYSIS = front.analysis(TRAINING["features"])  # what the features are made by, and nothing of another kind
COMPUTED_WITH = ("device", "processes", "threads", "precision")


rule features:
    input:
        utterances=f"{RESULTS}/corpus/{{corpus}}/utterances.tsv",
        exclusions=f"{RESULTS}/corpus/{{corpus}}/exclusions.tsv",
    output:
        features=f"{RESULTS}/training/{{corpus}}/features.npy",
        index=f"{RESULTS}/training/{{corpus}}/features.tsv",
    log:
        f"{RESULTS}/logs/training/{{corpus}}/features.log",
    benchmark:
        f"{RESULTS}/benchmarks/training/{{corpus}}/features.tsv"
    group:
        "speech"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
    params:
        library=library("features.py"),
        analysis=ANALYSIS,
    script:
        "../scripts/features.py"


rule train:
    input:
        features=rules.features.output.features,
        index=rules.features.output.index,
    output:
        checkpoint=f"{RESULTS}/training/{{corpus}}/{{condition}}/seed{{seed}}/checkpoint.pt",
        history=f"{RESULTS}/training/{{corpus}}/{{condition}}/seed{{seed}}/history.tsv",
    log:
        f"{RESULTS}/logs/training/{{corpus}}/{{condition}}/seed{{seed}}/train.log",
    benchmark:
        f"{RESULTS}/benchmarks/training/{{corpus}}/{{condition}}/seed{{seed}}/train.tsv"
    wildcard_constraints:
        condition=alternatives(TRAINED),
    priority: order("training")
    conda:
        ENVIRONMENT
    threads: TRAINING["threads"] * TRAINING["processes"]
    resources:
        **gpus(TRAINING["processes"]),
        mem_mb=growing(4000 * TRAINING["processes"]),
        runtime=growing(720),
    params:
        library=library("train.py", "recogniser.worker"),
        setup=lambda wildcards: {
            **{name: TRAINING[name] for name in ("optimiser", "augmentation", *COMPUTED_WITH)},
            "network": DEFINED[wildcards.condition].network,
        },
        objective=objective_of,
        analysis=ANALYSIS,
    script:
        "../scripts/train.py"


rule take_checkpoint:
    input:
        checkpoint=lambda wildcards: conditions.path_of(OWN_CHECKPOINTS[wildcards.condition], wildcards.seed),
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
    group:
        "responses"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        library=library("take_checkpoint.py"),
        analysis=ANALYSIS,
    script:
        "../scripts/take_checkpoint.py"


rule recognise:
    input:
        checkpoint=rules.train.output.checkpoint,
        features=rules.features.output.features,
        index=rules.features.output.index,
    output:
        recognition=f"{RESULTS}/training/{{corpus}}/{{condition}}/seed{{seed}}/recognition.tsv",
        transcripts=f"{RESULTS}/training/{{corpus}}/{{condition}}/seed{{seed}}/transcripts.tsv",
    log:
        f"{RESULTS}/logs/training/{{corpus}}/{{condition}}/seed{{seed}}/recognise.log",
    benchmark:
        f"{RESULTS}/benchmarks/training/{{corpus}}/{{condition}}/seed{{seed}}/recognise.tsv"
    wildcard_constraints:
        condition=alternatives(RECOGNISERS),
    conda:
        ENVIRONMENT
    threads: TRAINING["threads"]
    resources:
        **gpus(1),
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        library=library("recognise.py"),
        batch_frames=round(TRAINING["optimiser"]["batch_s"] / TRAINING["features"]["hop_s"]),
        train_frames=round(TRAINING["recognised_train_s"] / TRAINING["features"]["hop_s"]),
        seed=config["seed"],
        compute=COMPUTE,
    script:
        "../scripts/recognise.py"


rule recognition:
    input:
        parts=per_training("training", "recognition.tsv", of=RECOGNISED),
        transcripts=TRANSCRIPTS,
        utterances=targets("corpus")[:1] if RECOGNISED else [],
        exclusions=targets("corpus")[1:2] if RECOGNISED else [],
    output:
        recognition=tabled("recognition", "training", "error rates"),
        by_speaker=tabled("recognition_by_speaker", "training", "error rates by speaker"),
    log:
        f"{RESULTS}/logs/training/recognition.log",
    localrule: True  # a second of reading tables: a cluster's job would start Snakemake twice for it
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        library=library("recognition.py"),
        corpus=CORPUS,
        runs=RECOGNISED_RUNS,
        private=config["report"]["private"],
    script:
        "../scripts/recognition.py"
