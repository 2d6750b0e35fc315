TRAINING = config["training"]
COMPUTE = {name: TRAINING[name] for name in ("device", "threads")}  # of everything that runs the network


rule features:
    input:
        utterances=f"{RESULTS}/corpus/{{corpus}}/utterances.tsv",
        coverage=f"{RESULTS}/alignment/{{corpus}}/coverage.tsv",
    output:
        features=f"{RESULTS}/training/{{corpus}}/features.npy",
        index=f"{RESULTS}/training/{{corpus}}/features.tsv",
    log:
        f"{RESULTS}/logs/training/{{corpus}}/features.log",
    benchmark:
        f"{RESULTS}/benchmarks/training/{{corpus}}/features.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
    params:
        library=library("features.py"),
        analysis=TRAINING["features"],
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
        condition=alternatives([condition for condition in HEARD if condition not in OWN_CHECKPOINTS]),
    conda:
        ENVIRONMENT
    threads: TRAINING["threads"] * TRAINING["processes"]
    resources:
        **gpus(TRAINING["processes"]),
        mem_mb=growing(4000 * TRAINING["processes"]),
        runtime=growing(720),
    params:
        library=library("train.py", "recogniser.worker"),
        setup={
            name: TRAINING[name]
            for name in ("network", "optimiser", "augmentation", "device", "processes", "threads", "precision")
        },
        objective=objective_of,
        analysis=TRAINING["features"],
    script:
        "../scripts/train.py"


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
        condition=alternatives(HEARD),
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
        parts=per_training("training", "recognition.tsv"),
    output:
        report(
            f"{RESULTS}/tables/recognition.tsv",
            caption="../report/recognition.rst",
            category="training",
            labels={"result": "error rates", "kind": "table", "seed": "all"},
        ),
    log:
        f"{RESULTS}/logs/training/recognition.log",
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        library=library("concatenate.py"),
    script:
        "../scripts/concatenate.py"
