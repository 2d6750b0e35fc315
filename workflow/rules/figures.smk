"""Figures, drawn from tables: a rule for each that workflow/scripts/declarations/figures.py declares."""


def setting(path):
    """The value at a dotted path of config.yaml."""
    value = config
    for name in path.split("."):
        value = value[name]
    return value


def inputs_of(figure):
    """Tables that a figure is drawn from, and what else it reads."""
    seeds = ["{seed}"] if figure.each_seed else SEEDS
    corpus = f"{RESULTS}/{figure.stage}/{CORPUS}"
    training = f"{corpus}/{{condition}}/seed{{seed}}"
    return {
        **{name: expand(f"{training}/{name}.tsv", condition=CONDITIONS, seed=seeds) for name in figure.trainings},
        **{name: [f"{corpus}/{name}.tsv"] for name in figure.corpora if name in CORPUS_TABLES},
        **{name: [f"{RESULTS}/tables/{name}.tsv"] for name in figure.summaries},
        **({"geometry": GEOMETRIES} if figure.geometry else {}),
        **({"inventory": INVENTORY} if figure.inventory else {}),
    }


def runs_of_seed(wildcards):
    """Condition and seed of the trainings that a figure of one seed shows."""
    return [(condition, int(wildcards.seed)) for condition in CONDITIONS]


def params_of(figure):
    """Parameters of the rule of a figure."""
    read = [Path(INVENTORY)] if figure.inventory else []
    return {
        "module": figure.module,
        "library": library("draw.py", f"figures.{figure.module}", *read),
        "settings": {name: setting(path) for name, path in figure.settings.items()},
        **(CONDITION_STYLE if figure.conditions else {}),
        **({"runs": runs_of_seed if figure.each_seed else RUNS} if figure.trainings else {}),
    }


for figure in FIGURES:

    rule:
        name:
            f"draw_{figure.name}"
        input:
            **inputs_of(figure),
        output:
            drawn(figure),
        log:
            f"{RESULTS}/logs/figures/{file_name(figure)}.log",
        benchmark:
            f"{RESULTS}/benchmarks/figures/{file_name(figure)}.tsv"
        group:
            figure.group
        conda:
            ENVIRONMENT
        resources:
            mem_mb=growing(figure.memory_mb),
            runtime=growing(10),
        params:
            **params_of(figure),
        script:
            "../scripts/draw.py"
