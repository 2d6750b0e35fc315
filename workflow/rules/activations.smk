rule respond:
    input:
        checkpoint=rules.train.output.checkpoint,
        features=rules.features.output.features,
        index=rules.features.output.index,
        intervals=f"{RESULTS}/alignment/{{corpus}}/intervals.tsv",
        phones=INVENTORY,
    output:
        tokens=f"{RESULTS}/activations/{{corpus}}/{{condition}}/seed{{seed}}/tokens.tsv",
        layers=f"{RESULTS}/activations/{{corpus}}/{{condition}}/seed{{seed}}/layers.tsv",
        means=[f"{RESULTS}/activations/{{corpus}}/{{condition}}/seed{{seed}}/layer{n}.npy" for n in LAYERS],
        moments=[f"{RESULTS}/activations/{{corpus}}/{{condition}}/seed{{seed}}/layer{n}.npz" for n in LAYERS],
    log:
        f"{RESULTS}/logs/activations/{{corpus}}/{{condition}}/seed{{seed}}/respond.log",
    benchmark:
        f"{RESULTS}/benchmarks/activations/{{corpus}}/{{condition}}/seed{{seed}}/respond.tsv"
    wildcard_constraints:
        condition=alternatives(HEARD),
    conda:
        ENVIRONMENT
    threads: TRAINING["threads"]
    resources:
        **gpus(1),
        mem_mb=growing(4000),
        runtime=growing(120),
    params:
        library=library("respond.py", Path(INVENTORY)),
        splits=config["activations"]["splits"],
        cap=config["activations"]["tokens_per_phone_and_speaker"],
        lags_s=config["activations"]["lags_s"],
        compute=COMPUTE,
    script:
        "../scripts/respond.py"
