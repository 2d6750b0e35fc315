"""Statistics of maps, as they are declared: one job per training, then the tables that set trainings beside each other."""

MADE_BY = {Path(file).stem: (one, file) for one in STATISTICS for file in one.files}  # outputs by their stems
SHARED = ("tokens", "responses")  # files of the seam that a layout has in common with the condition it lays out
DERIVED = {
    "criteria": CRITERIA,
    "origin": lambda wildcards: DEFINED[wildcards.condition].origin,
    "reference": REFERENCE,
    "runs": RUNS,
}


def inputs_of_training(statistic):
    """Inputs of a job that is one training, by name."""
    files = {name: of_origin(name) if name in SHARED else SEAM.get(name) for name in statistic.reads}
    made = {name: f"{MAPPED}/{MADE_BY[name][1]}" for name in statistic.reads if name in MADE_BY}
    return files | made | ({"phones": INVENTORY} if statistic.inventory else {})


def inputs_of_summary(statistic):
    """Inputs of a job that is all trainings, by name: tables for readers, or one file per training."""
    files = {}
    for name in statistic.reads:
        if name in [table for stage in TABLES.values() for table in stage]:
            files[name] = f"{RESULTS}/tables/{name}.tsv"
        elif name in SEAM:
            files[name] = per_training("activations", Path(SEAM[name]).name)
        else:
            files[name] = per_training("mapping", MADE_BY[name][1])
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


for statistic in STATISTICS:
    if not statistic.summary:

        rule:
            name:
                statistic.name
            input:
                **inputs_of_training(statistic),
            output:
                **{Path(file).stem: f"{MAPPED}/{file}" for file in statistic.files},
            log:
                f"{RESULTS}/logs/mapping/{{corpus}}/{{condition}}/seed{{seed}}/{statistic.name}.log",
            benchmark:
                f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{condition}}/seed{{seed}}/{statistic.name}.tsv"
            group:
                statistic.group
            conda:
                ENVIRONMENT
            threads: statistic.threads
            resources:
                mem_mb=growing(statistic.memory_mb),
                runtime=growing(statistic.minutes),
            params:
                **params_of_statistic(statistic),
            script:
                "../scripts/{params.script}.py"  # a loop has moved on when a job runs


for statistic in SUMMARIES:

    rule:
        name:
            statistic.name
        input:
            **inputs_of_summary(statistic),
        output:
            tabled(statistic.name, "mapping", statistic.title),
        log:
            f"{RESULTS}/logs/mapping/{statistic.name}.log",
        benchmark:
            f"{RESULTS}/benchmarks/mapping/{statistic.name}.tsv"
        group:
            "summaries"
        conda:
            ENVIRONMENT
        resources:
            mem_mb=growing(statistic.memory_mb),
            runtime=growing(statistic.minutes),
        params:
            **params_of_statistic(statistic),
        script:
            "../scripts/{params.script}.py"  # a loop has moved on when a job runs


rule extras:
    input:
        per_training("mapping", *[f"{name}.tsv" for name in MAPPING["extras"]]),
    localrule: True
