"""Figures, made from tables: a rule for each that workflow/scripts/declarations/catalogue.py declares."""


def shown_in(figure):
    """Conditions that a figure shows, if any."""
    return RECOGNISED if figure.stage == "training" else CONDITIONS


def inputs_of_figure(figure):
    """Tables that a figure is made from, and what else it reads."""
    seeds = ["{seed}"] if figure.each_seed else SEEDS
    corpus = f"{RESULTS}/{figure.stage}/{CORPUS}"
    training = f"{corpus}/{{condition}}/seed{{seed}}"
    return {
        **{name: expand(f"{training}/{name}.tsv", condition=shown_in(figure), seed=seeds) for name in figure.trainings},
        **{name: [f"{corpus}/{name}.tsv"] for name in figure.corpora if name in CORPUS_TABLES},
        **{name: [f"{RESULTS}/tables/{name}.tsv"] for name in figure.summaries},
        **({"geometry": GEOMETRIES} if figure.geometry else {}),
        **({"inventory": INVENTORY} if figure.inventory else {}),
    }


def runs_of(figure):
    """Condition and seed of the trainings that a figure shows, in the order of its tables."""
    if figure.each_seed:
        return lambda wildcards: [(condition, int(wildcards.seed)) for condition in shown_in(figure)]
    return [(condition, seed) for condition in shown_in(figure) for seed in SEEDS]


def params_of_figure(figure):
    """Parameters of the rule of a figure."""
    read = [Path(INVENTORY)] if figure.inventory else []
    return {
        "module": figure.module,
        "library": library("draw.py", f"figures.{figure.module}", *read),
        "settings": {name: setting(path) for name, path in figure.settings.items()},
        **(CONDITION_STYLE if figure.conditions else {}),
        **({"runs": runs_of(figure)} if figure.trainings else {}),
    }


for figure in FIGURES:

    rule:
        name:
            f"draw_{figure.name}"
        input:
            **inputs_of_figure(figure),
        output:
            figure_files(figure),
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
            **params_of_figure(figure),
        script:
            "../scripts/draw.py"
