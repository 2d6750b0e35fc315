"""The map that moves: responses of all layers in step with the sound, as a page, and on request as pictures in a row."""

FILM = config["film"]
WITHHELD = config["report"]["private"]  # a film is what recordings sound like and who speaks
SHOT_RUNS = list(dict.fromkeys((DEFINED[name].origin, seed) for name, seed in FILMED_RUNS))  # layouts have none
MEL = ("sample_rate_hz", "window_s", "hop_s", "bands", "lowest_hz", "highest_hz")  # settings of the spectrogram
FILMED_SPEECH = [  # of the splits that are mapped; named utterances may be in any other that is aligned whole
    f"{ALIGNED.format(part=split)}/intervals.tsv"
    for split in (WHOLE if FILM["utterances"] else config["activations"]["splits"])
]
ANIMATIONS = expand(f"{RESULTS}/figures/film.seed{{seed}}.gif", seed=SEEDS[: FILM["seeds"]] if LISTENING else [])
STYLES = ["page.css", "film/film.css"]
SCRIPTS = [f"film/{name}.js" for name in ("payload", "maps", "score", "player", "film")]


rule frames:
    input:
        utterances=f"{RESULTS}/corpus/{CORPUS}/utterances.tsv",
        intervals=FILMED_SPEECH,
        features=rules.features.output.features.format(corpus=CORPUS),
        index=rules.features.output.index.format(corpus=CORPUS),
        voices=resource("voices.tsv") if config["corpus"]["source"] == "synthetic" else [],
        checkpoints=[
            rules.train.output.checkpoint.format(corpus=CORPUS, condition=name, seed=seed) for name, seed in SHOT_RUNS
        ],
    output:
        FRAMES,
    log:
        f"{RESULTS}/logs/activations/{CORPUS}/frames.log",
    benchmark:
        f"{RESULTS}/benchmarks/activations/{CORPUS}/frames.tsv"
    group:
        None if COMPUTE["device"] == "cuda" else "responses"
    conda:
        ENVIRONMENT
    threads: TRAINING["threads"]
    resources:
        **gpus(1),
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        library=library("frames.py", "voices.tsv"),
        choice={
            "named": FILM["utterances"],
            "splits": config["activations"]["splits"],
            "speakers": FILM["speakers"],
            "duration_s": FILM["duration_s"],
        },
        picture={name: TRAINING["features"][name] for name in MEL},
        runs=SHOT_RUNS,
        compute=COMPUTE,
    script:
        "../scripts/frames.py"


rule film:
    input:
        frames=[] if WITHHELD else FRAMES,
        phones=INVENTORY,
        geometry=[] if WITHHELD else filmed_files("geometry"),
        placement=[] if WITHHELD else filmed_files("placement"),
        template=resource("web/film/film.html"),
        styles=[resource(f"web/{name}") for name in STYLES],
        scripts=[resource(f"web/{name}") for name in SCRIPTS],
    output:
        f"{RESULTS}/film.html",
    log:
        f"{RESULTS}/logs/report/film.log",
    benchmark:
        f"{RESULTS}/benchmarks/report/film.tsv"
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        **CONDITION_STYLE,
        library=library("film.py", Path(INVENTORY), "film/film.html", *STYLES, *SCRIPTS),
        runs=FILMED_RUNS,
        origins=[DEFINED[name].origin for name, _ in FILMED_RUNS],
        missing=[name for name in CONDITIONS if name not in LISTENING],
        private=WITHHELD,
    script:
        "../scripts/film.py"


rule animation:
    input:
        frames=public_frames,
        geometry=seed_files("geometry"),
        placement=seed_files("placement"),
    output:
        f"{RESULTS}/figures/film.seed{{seed}}.gif",
    log:
        f"{RESULTS}/logs/figures/film.seed{{seed}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/film.seed{{seed}}.tsv"
    group:
        "drawings"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        **FILM["animation"],
        **CONDITION_STYLE,
        library=library("animation.py"),
        runs=lambda wildcards: [(name, int(wildcards.seed)) for name in LISTENING],
        origins=[DEFINED[name].origin for name in LISTENING],
    script:
        "../scripts/animation.py"


rule animations:
    input:
        ANIMATIONS,
    localrule: True
