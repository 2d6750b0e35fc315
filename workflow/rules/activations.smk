"""What every later stage knows of a condition and seed: geometry, placement, tokens and responses."""

LOG_MEL = {name: TRAINING["features"][name] for name in front.OF_KIND["log_mel"]}  # that a module may be given


rule respond:
    input:
        checkpoint=rules.train.output.checkpoint,
        features=rules.features.output.features,
        index=rules.features.output.index,
        intervals=MAPPED_SPEECH,
        phones=INVENTORY,
    output:
        **SEAM,
    log:
        f"{RESULTS}/logs/activations/{{corpus}}/{{condition}}/seed{{seed}}/respond.log",
    benchmark:
        f"{RESULTS}/benchmarks/activations/{{corpus}}/{{condition}}/seed{{seed}}/respond.tsv"
    wildcard_constraints:
        condition=alternatives(RECOGNISERS),
    group:
        None if COMPUTE["device"] == "cuda" else "responses"  # lest a GPU waits for what needs none
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


rule sound:
    input:
        utterances=f"{RESULTS}/corpus/{{corpus}}/utterances.tsv",
        index=rules.features.output.index,
        intervals=MAPPED_SPEECH,
        phones=INVENTORY,
    output:
        SOUND,
    log:
        f"{RESULTS}/logs/activations/{{corpus}}/sound.log",
    benchmark:
        f"{RESULTS}/benchmarks/activations/{{corpus}}/sound.tsv"
    group:
        "alignment"
    conda:
        ENVIRONMENT
    threads: 1  # lest bytes depend on cores
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        library=library("sound.py", Path(INVENTORY)),
        splits=config["activations"]["splits"],
        cap=config["activations"]["tokens_per_phone_and_speaker"],
        most=config["activations"]["described_tokens"],
        seed=config["seed"],
    script:
        "../scripts/sound.py"


rule take_responses:
    input:
        **{name: own_response(Path(path).name) for name, path in SEAM.items()},
        phones=INVENTORY,
        sound=own_sound,
    output:
        **SEAM,
        sound=OWN_SOUND,
    log:
        f"{RESULTS}/logs/activations/{{corpus}}/{{condition}}/seed{{seed}}/take_responses.log",
    benchmark:
        f"{RESULTS}/benchmarks/activations/{{corpus}}/{{condition}}/seed{{seed}}/take_responses.tsv"
    wildcard_constraints:
        condition=alternatives(OWN_RESPONSES),
    group:
        "responses"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(4000),
        runtime=growing(30),
    params:
        library=library("take_responses.py", Path(INVENTORY)),
    script:
        "../scripts/take_responses.py"


rule comoments:
    input:
        checkpoint=rules.train.output.checkpoint,
        features=rules.features.output.features,
        index=rules.features.output.index,
    output:
        COMOMENTS,
    log:
        f"{RESULTS}/logs/activations/{{corpus}}/{{condition}}/seed{{seed}}/comoments.log",
    benchmark:
        f"{RESULTS}/benchmarks/activations/{{corpus}}/{{condition}}/seed{{seed}}/comoments.tsv"
    wildcard_constraints:
        condition=alternatives(RECOGNISERS),
    group:
        None if COMPUTE["device"] == "cuda" else "responses"
    conda:
        ENVIRONMENT
    threads: TRAINING["threads"]
    resources:
        **gpus(1),
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        library=library("comoments.py"),
        frames=round(config["activations"]["fitted_s"] / TRAINING["features"]["hop_s"]),
        seed=config["seed"],
        compute=COMPUTE,
    script:
        "../scripts/comoments.py"


# Local even on a cluster, since its nodes often have no network; see the rule download.
rule fetch_weights:
    output:
        WEIGHTS,
    log:
        f"{RESULTS}/logs/activations/{CORPUS}/fetch_weights.{{bundle}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/activations/{CORPUS}/fetch_weights.{{bundle}}.tsv"
    wildcard_constraints:
        bundle=alternatives(BUNDLES),
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(500),
        runtime=growing(1440),
    params:
        library=library("fetch_weights.py"),
        source=lambda wildcards: asdict(BUNDLES[wildcards.bundle]),
        cache=str(CACHE),
        patience=PATIENCE,
    script:
        "../scripts/fetch_weights.py"


# Before any speech is aligned, so that a wrong name of a layer stops the run at once.
rule measure_model:
    input:
        module=module_of_model,
        weights=given_weights,
    output:
        MEASURED,
    log:
        f"{RESULTS}/logs/activations/{{corpus}}/{{condition}}/seed{{seed}}/measure_model.log",
    benchmark:
        f"{RESULTS}/benchmarks/activations/{{corpus}}/{{condition}}/seed{{seed}}/measure_model.tsv"
    wildcard_constraints:
        condition=alternatives(MODELS),
    priority: 2
    conda:
        ENVIRONMENT
    threads: TRAINING["threads"]
    resources:
        mem_mb=growing(8000),
        runtime=growing(60),
    params:
        library=library("measure_model.py"),
        network=model_of,
        weights=weights_of_model,
        features=LOG_MEL,
        threads=TRAINING["threads"],
    script:
        "../scripts/measure_model.py"


rule respond_model:
    input:
        module=module_of_model,
        weights=given_weights,
        measured=MEASURED,
        utterances=f"{RESULTS}/corpus/{{corpus}}/utterances.tsv",
        index=rules.features.output.index,
        intervals=MAPPED_SPEECH,
        phones=INVENTORY,
    output:
        **SEAM,
    log:
        f"{RESULTS}/logs/activations/{{corpus}}/{{condition}}/seed{{seed}}/respond_model.log",
    benchmark:
        f"{RESULTS}/benchmarks/activations/{{corpus}}/{{condition}}/seed{{seed}}/respond_model.tsv"
    wildcard_constraints:
        condition=alternatives(MODELS),
    group:
        None if COMPUTE["device"] == "cuda" else "responses"  # lest a GPU waits for what needs none
    conda:
        ENVIRONMENT
    threads: TRAINING["threads"]
    resources:
        **gpus(1),
        mem_mb=growing(8000),
        runtime=growing(240),
    params:
        library=library("respond_model.py", Path(INVENTORY)),
        network=model_of,
        weights=weights_of_model,
        features=LOG_MEL,
        splits=config["activations"]["splits"],
        cap=config["activations"]["tokens_per_phone_and_speaker"],
        lags_s=config["activations"]["lags_s"],
        compute=COMPUTE,
    script:
        "../scripts/respond_model.py"


rule comoments_model:
    input:
        module=module_of_model,
        weights=given_weights,
        measured=MEASURED,
        utterances=f"{RESULTS}/corpus/{{corpus}}/utterances.tsv",
        index=rules.features.output.index,
    output:
        COMOMENTS,
    log:
        f"{RESULTS}/logs/activations/{{corpus}}/{{condition}}/seed{{seed}}/comoments_model.log",
    benchmark:
        f"{RESULTS}/benchmarks/activations/{{corpus}}/{{condition}}/seed{{seed}}/comoments_model.tsv"
    wildcard_constraints:
        condition=alternatives(MODELS),
    group:
        None if COMPUTE["device"] == "cuda" else "responses"
    conda:
        ENVIRONMENT
    threads: TRAINING["threads"]
    resources:
        **gpus(1),
        mem_mb=growing(8000),
        runtime=growing(240),
    params:
        library=library("comoments_model.py"),
        network=model_of,
        weights=weights_of_model,
        features=LOG_MEL,
        frames=round(config["activations"]["fitted_s"] / TRAINING["features"]["hop_s"]),
        seed=config["seed"],
        compute=COMPUTE,
    script:
        "../scripts/comoments_model.py"


rule layout:
    input:
        geometry=of_origin("geometry"),
        comoments=comoments_of_origin,
    output:
        geometry=SEAM["geometry"],
        placement=SEAM["placement"],
    log:
        f"{RESULTS}/logs/activations/{{corpus}}/{{condition}}/seed{{seed}}/layout.log",
    benchmark:
        f"{RESULTS}/benchmarks/activations/{{corpus}}/{{condition}}/seed{{seed}}/layout.tsv"
    wildcard_constraints:
        condition=alternatives(LAID_OUT),
    group:
        "responses"
    conda:
        ENVIRONMENT
    threads: 1  # lest bytes depend on cores
    resources:
        mem_mb=growing(3000),
        runtime=growing(30),
    params:
        library=library("layout.py"),
        layout=lambda wildcards: DEFINED[wildcards.condition].value,
        seed=config["seed"],
    script:
        "../scripts/layout.py"
