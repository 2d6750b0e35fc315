"""Statistics as they are declared: one job per training, then the tables that set trainings beside each other.

Those of maps, and those of the stage introspection, which are made on request.
"""

for statistic in [*STATISTICS, *INTROSPECTED]:
    if not statistic.summary:

        rule:
            name:
                statistic.name
            input:
                **inputs_of_training(statistic),
            output:
                **outputs_of_training(statistic),
            log:
                f"{RESULTS}/logs/{statistic.stage}/{{corpus}}/{{condition}}/seed{{seed}}/{statistic.name}.log",
            benchmark:
                f"{RESULTS}/benchmarks/{statistic.stage}/{{corpus}}/{{condition}}/seed{{seed}}/{statistic.name}.tsv"
            wildcard_constraints:
                condition=alternatives(DEFINED if statistic.stage == "mapping" else LISTENING),
            group:
                statistic.group
            conda:
                ENVIRONMENT
            threads: config["training"]["threads"] if computes(statistic) else 1  # trainings side by side leave no core idle
            resources:
                **(gpus(1) if computes(statistic) else {}),
                mem_mb=growing(statistic.memory_mb),
                runtime=growing(statistic.minutes),
            params:
                **params_of_statistic(statistic),
            script:
                "../scripts/{params.script}.py"  # a loop has moved on when a job runs


for statistic in [*SUMMARIES, *ASKED_SUMMARIES]:

    rule:
        name:
            statistic.name
        input:
            **inputs_of_summary(statistic),
        output:
            tabled(statistic.name, statistic.stage, statistic.title),
        log:
            f"{RESULTS}/logs/{statistic.stage}/{statistic.name}.log",
        benchmark:
            f"{RESULTS}/benchmarks/{statistic.stage}/{statistic.name}.tsv"
        localrule: statistic.brief
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
