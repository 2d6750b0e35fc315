"""What the rules of statistics and figures are made of, from their declarations."""

MADE_BY = {
    Path(file).stem: (one, file) for one in STATISTICS + INTROSPECTION for file in one.files
}  # outputs by their stems
MAPPED_TABLES = {Path(file).stem for one in STATISTICS for file in one.files}
KERNEL = "response_kernel"  # the objective that has a kernel over distance as its target
SHARED = ("tokens", "responses")  # files of the seam that a layout has in common with the condition it lays out
DERIVED = {
    "compute": COMPUTE,
    "criteria": CRITERIA,
    "examples": examples(config["figures"]["examples"], config["figures"]["phones"]),
    "kernels": {
        name: {part: DEFINED[name].settings[part] for part in ("shape", "radius")}
        for name in TRAINED
        if DEFINED[name].value == KERNEL
    },
    "listening": LISTENING_RUNS,
    "origin": lambda wildcards: DEFINED[wildcards.condition].origin,
    "origins": {name: DEFINED[name].origin for name in CONDITIONS},
    "recognised": RECOGNISED_RUNS,
    "reference": REFERENCE,
    "runs": RUNS,
    "ways": {name: (DEFINED[name].kind, DEFINED[name].method) for name in CONDITIONS},
    "without recogniser": [run for run in RUNS if run not in LISTENING_RUNS],
}


def folder_of(statistic):
    """Where a statistic of one training leaves its outputs."""
    return f"{RESULTS}/{statistic.stage}/{{corpus}}/{{condition}}/seed{{seed}}"


MEASURES = [  # tables of measures of units that the chosen methods make
    f"{folder_of(one)}/{file}" for one in METHODS_CHOSEN for file in one.files if file.endswith("_measures.tsv")
]


def computes(statistic):
    """Whether a statistic runs the network, with the threads and on the device of trainings."""
    return "compute" in statistic.settings


def network_file(name):
    """A file of the speech or of the weights that introspection reads; a layout has the weights of its origin."""
    if name == "checkpoint":
        return lambda wildcards: rules.train.output.checkpoint.format(
            corpus=wildcards.corpus, condition=DEFINED[wildcards.condition].origin, seed=wildcards.seed
        )
    return {
        "features": rules.features.output.features,
        "index": rules.features.output.index,
        "intervals": MAPPED_SPEECH,
        "dev_intervals": [f"{ALIGNED.format(part='dev')}/intervals.tsv"],
        "utterances": f"{RESULTS}/corpus/{{corpus}}/utterances.tsv",
    }[name]


def inputs_of_training(statistic):
    """Inputs of a job that is one training, by name."""
    files = {name: of_origin(name) if name in SHARED else SEAM.get(name) for name in statistic.reads}
    sound = {"sound": sound_of_origin} if "sound" in statistic.reads else {}
    network = {name: network_file(name) for name in statistic.reads if name in NETWORK}
    made = {
        name: "/".join((folder_of(MADE_BY[name][0]), MADE_BY[name][1])) for name in statistic.reads if name in MADE_BY
    }
    measures = {"measures": MEASURES} if "measures" in statistic.reads else {}
    inventory = {"phones": INVENTORY} if statistic.inventory else {}
    return files | sound | network | made | measures | inventory


def outputs_of_training(statistic):
    """Outputs of a job that is one training, by their stems: pages are shown in the report, and folders are declared as such."""
    shown = {"result": statistic.name, "kind": "page", "seed": "{seed}"}
    files = {}
    for file in statistic.files:
        path, stem = f"{folder_of(statistic)}/{file}", Path(file).stem
        if file.endswith(".html"):
            caption = f"../report/{stem}_page.rst"
            labels = {**shown, "condition": "{condition}"}
            path = report(path, caption=caption, category=statistic.stage, labels=labels)
        files[stem] = path if Path(file).suffix else directory(path)
    return files


def inputs_of_summary(statistic):
    """Inputs of a job that is all trainings, by name: tables for readers, or one file per training."""
    files = {}
    for name in statistic.reads:
        if name in [table for stage in TABLES.values() for table in stage]:
            files[name] = f"{RESULTS}/tables/{name}.tsv"
        elif name == "transcripts":
            files[name] = TRANSCRIPTS
        elif name in SEAM:
            files[name] = per_training("activations", Path(SEAM[name]).name)
        else:
            one, file = MADE_BY[name]
            files[name] = per_training(one.stage, file, of=LISTENING if one.stage == "introspection" else CONDITIONS)
    return files


def params_of_statistic(statistic):
    """Parameters of the script of a statistic, with the digest of all code that it runs."""
    values = {name: DERIVED[path] if path in DERIVED else setting(path) for name, path in statistic.settings.items()}
    modules = [statistic.module] if statistic.by_layer else []
    read = [Path(INVENTORY)] if statistic.inventory else []
    return {
        **({"settings": values, "module": statistic.module} if statistic.by_layer else values),
        "library": library(f"{statistic.script}.py", *modules, *read),
        "script": statistic.script,
    }


def file_name(figure):
    """The name of a figure's files, without suffix."""
    return f"{figure.name}.seed{{seed}}" if figure.each_seed else figure.name


def figure_files(figure):
    """Files of a figure, one per format, of which the report shows the first."""
    first, *others = [f"{RESULTS}/figures/{file_name(figure)}.{suffix}" for suffix in FORMATS]
    labels = {"result": figure.title, "kind": "figure", "seed": "{seed}" if figure.each_seed else "all"}
    return [report(first, caption=f"../report/{figure.name}.rst", category=figure.stage, labels=labels), *others]


def figures(*stages):
    """Files of the figures of the named stages of which a run makes the tables."""
    asked = {Path(file).stem for one in INTROSPECTED for file in one.files}
    made = {*[name for names in TABLES.values() for name in names], *CORPUS_TABLES, *asked, "calibration", "power"}
    shown = [
        figure
        for figure in FIGURES
        if figure.stage in stages and made >= {*figure.summaries} and (made & {*figure.corpora} or not figure.corpora)
        if RECOGNISED or figure.stage != "training"
        if not figure.asked or setting(figure.asked)
        if not figure.conditions or figure.fewest <= len(shown_in(figure)) <= figure.most
        if figure.stage != "introspection" or (LISTENING and asked | MAPPED_TABLES >= {*figure.trainings})
    ]
    patterns = [f"{RESULTS}/figures/{file_name(figure)}.{{format}}" for figure in shown]
    return [file for pattern in patterns for file in dict.fromkeys(expand(pattern, seed=SEEDS, format=FORMATS))]


def shown_in(figure):
    """Conditions that a figure shows, if any."""
    return {"training": RECOGNISED, "introspection": LISTENING}.get(figure.stage, CONDITIONS)


def inputs_of_figure(figure):
    """Tables that a figure is made from, and what else it reads."""
    seeds = ["{seed}"] if figure.each_seed else SEEDS
    corpus = f"{RESULTS}/{figure.stage}/{CORPUS}"
    stages = {name: MADE_BY[name][0].stage if name in MADE_BY else figure.stage for name in figure.trainings}
    training = f"{RESULTS}/{{stage}}/{CORPUS}/{{condition}}/seed{{seed}}"
    return {
        **{
            name: expand(f"{training}/{name}.tsv", stage=stage, condition=shown_in(figure), seed=seeds)
            for name, stage in stages.items()
        },
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


def title_of(figure):
    """What a figure is called in its own file, by seed where there is one for each."""
    title = f"Phonotopy: {figure.title}"
    return (lambda wildcards: f"{title}, seed {wildcards.seed}") if figure.each_seed else title


def params_of_figure(figure):
    """Parameters of the rule of a figure."""
    read = [Path(INVENTORY)] if figure.inventory else []
    return {
        "module": figure.module,
        "title": title_of(figure),
        "library": library("draw.py", f"figures.{figure.module}", *read),
        "settings": {
            name: DERIVED[path] if path in DERIVED else setting(path) for name, path in figure.settings.items()
        },
        **(CONDITION_STYLE if figure.conditions else {}),
        **({"runs": runs_of(figure)} if figure.trainings else {}),
    }


def figure_tables(figure):
    """Tables that a figure is made from, by name, of all seeds."""
    made = inputs_of_figure(figure)
    names = [*figure.summaries, *figure.trainings, *[name for name in figure.corpora if name in CORPUS_TABLES]]
    return {name: [file for pattern in made[name] for file in expand(pattern, seed=SEEDS)] for name in names}


def shown_figures(*stages):
    """Every figure of the named stages, as its page needs to know it, one for each seed where there is one."""
    made = {file for file in targets(*stages) if Path(file).parent.name == "figures"}
    found = []
    for figure in FIGURES:
        for seed in SEEDS if figure.each_seed else [None]:
            files = [f"{RESULTS}/figures/{file_name(figure)}.{suffix}".format(seed=seed) for suffix in FORMATS]
            if {*files} <= made:
                facts = {"name": figure.name, "title": figure.title, "stage": figure.stage}
                found.append({**facts, "seed": seed, "files": files, "tables": [*figure_tables(figure)]})
    return found


def shown_tables(*stages):
    """Files of every table that has a page, by its name: those for readers, then those that figures are made from."""
    readers = {Path(file).stem: [file] for file in targets(*stages) if Path(file).parent.name == "tables"}
    shown = {one["name"] for one in shown_figures(*stages)}
    return readers | {
        name: files
        for figure in FIGURES
        if figure.name in shown
        for name, files in figure_tables(figure).items()
        if name not in readers
    }
