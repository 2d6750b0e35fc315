"""Statistics of maps, as they are declared: one job per training, then the tables that set trainings beside each other."""

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
