"""Figures of the maps and of the trainings, drawn from tables."""


rule draw_activation_maps:
    input:
        selectivity=expand(f"{RESULTS}/mapping/{CORPUS}/{{condition}}/seed{{{{seed}}}}/selectivity.tsv", condition=CONDITIONS),
        layers=GEOMETRIES[0],
        phones=INVENTORY,
    output:
        drawn(
            "activation_maps.seed{seed}",
            "activation_maps",
            "mapping",
            result="activation maps",
            kind="figure",
            seed="{seed}",
        ),
    log:
        f"{RESULTS}/logs/figures/activation_maps.seed{{seed}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/activation_maps.seed{{seed}}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        **CONDITION_STYLE,
        library=library("draw_activation_maps.py", Path(INVENTORY)),
        runs=lambda wildcards: [(condition, int(wildcards.seed)) for condition in CONDITIONS],
        phones=config["figures"]["phones"],
    script:
        "../scripts/draw_activation_maps.py"


rule draw_preferred_manner:
    input:
        preferences=per_training("mapping", "preferences.tsv"),
        layers=GEOMETRIES[0],
        phones=INVENTORY,
    output:
        drawn("preferred_manner", "preferred_manner", "mapping", result="preferred manner", kind="figure", seed="all"),
    log:
        f"{RESULTS}/logs/figures/preferred_manner.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/preferred_manner.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        **CONDITION_STYLE,
        library=library("draw_preferred_manner.py", Path(INVENTORY)),
        runs=RUNS,
    script:
        "../scripts/draw_preferred_manner.py"


rule draw_morans_i:
    input:
        autocorrelation=per_training("mapping", "autocorrelation.tsv"),
        layers=GEOMETRIES[0],
    output:
        drawn("morans_i", "morans_i", "mapping", result="Moran's I by layer", kind="figure", seed="all"),
    log:
        f"{RESULTS}/logs/figures/morans_i.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/morans_i.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        **CONDITION_STYLE,
        library=library("draw_morans_i.py"),
        runs=RUNS,
        contiguity=config["mapping"]["contiguity"],
        false_discovery_rate=config["mapping"]["false_discovery_rate"],
    script:
        "../scripts/draw_morans_i.py"


rule draw_regions:
    input:
        selectivity=per_training("mapping", "selectivity.tsv"),
        regions=per_training("mapping", "regions.tsv"),
        layers=GEOMETRIES[0],
        phones=INVENTORY,
    output:
        drawn("regions", "regions", "mapping", result="regions", kind="figure", seed="all"),
    log:
        f"{RESULTS}/logs/figures/regions.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/regions.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(3000),
        runtime=growing(10),
    params:
        **CONDITION_STYLE,
        library=library("draw_regions.py", Path(INVENTORY)),
        runs=RUNS,
        phones=config["figures"]["phones"],
        false_discovery_rate=config["mapping"]["false_discovery_rate"],
    script:
        "../scripts/draw_regions.py"


rule draw_rank_against_morans_i:
    input:
        topography=f"{RESULTS}/tables/topography.tsv",
    output:
        drawn(
            "rank_against_morans_i",
            "rank_against_morans_i",
            "mapping",
            result="rank against Moran's I",
            kind="figure",
            seed="all",
        ),
    log:
        f"{RESULTS}/logs/figures/rank_against_morans_i.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/rank_against_morans_i.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        **CONDITION_STYLE,
        library=library("draw_rank_against_morans_i.py"),
    script:
        "../scripts/draw_rank_against_morans_i.py"


rule draw_conditions:
    input:
        conditions=f"{RESULTS}/tables/conditions.tsv",
        recognition=f"{RESULTS}/tables/recognition.tsv",
        topography=f"{RESULTS}/tables/topography.tsv",
    output:
        drawn("conditions", "conditions", "mapping", result="differences between conditions", kind="figure", seed="all"),
    log:
        f"{RESULTS}/logs/figures/conditions.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/conditions.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        **CONDITION_STYLE,
        library=library("draw_conditions.py"),
        false_discovery_rate=MAPPING["false_discovery_rate"],
    script:
        "../scripts/draw_conditions.py"


rule draw_correlogram:
    input:
        correlogram=per_training("mapping", "correlogram.tsv"),
        layers=GEOMETRIES[0],
    output:
        drawn("correlogram", "correlogram", "mapping", result="correlogram", kind="figure", seed="all"),
    log:
        f"{RESULTS}/logs/figures/correlogram.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/correlogram.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        **CONDITION_STYLE,
        library=library("draw_correlogram.py"),
        runs=RUNS,
    script:
        "../scripts/draw_correlogram.py"


rule draw_clusters:
    input:
        clusters=expand(f"{RESULTS}/mapping/{CORPUS}/{{condition}}/seed{{{{seed}}}}/clusters.tsv", condition=CONDITIONS),
        layers=GEOMETRIES[0],
        phones=INVENTORY,
    output:
        drawn("clusters.seed{seed}", "clusters", "mapping", result="clusters", kind="figure", seed="{seed}"),
    log:
        f"{RESULTS}/logs/figures/clusters.seed{{seed}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/clusters.seed{{seed}}.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        **CONDITION_STYLE,
        library=library("draw_clusters.py", Path(INVENTORY)),
        runs=lambda wildcards: [(condition, int(wildcards.seed)) for condition in CONDITIONS],
    script:
        "../scripts/draw_clusters.py"


rule draw_replication:
    input:
        replication=per_training("mapping", "replication.tsv"),
        layers=GEOMETRIES[0],
    output:
        drawn("replication", "replication", "mapping", result="replication", kind="figure", seed="all"),
    log:
        f"{RESULTS}/logs/figures/replication.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/replication.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        **CONDITION_STYLE,
        library=library("draw_replication.py"),
        runs=RUNS,
        false_discovery_rate=MAPPING["false_discovery_rate"],
    script:
        "../scripts/draw_replication.py"


rule draw_organisation:
    input:
        organisation=per_training("mapping", "organisation.tsv"),
        layers=GEOMETRIES[0],
    output:
        drawn("organisation", "organisation", "mapping", result="organisation", kind="figure", seed="all"),
    log:
        f"{RESULTS}/logs/figures/organisation.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/organisation.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        **CONDITION_STYLE,
        library=library("draw_organisation.py"),
        runs=RUNS,
        false_discovery_rate=MAPPING["false_discovery_rate"],
    script:
        "../scripts/draw_organisation.py"


rule draw_timing:
    input:
        courses=per_training("mapping", "courses.tsv"),
        timing=per_training("mapping", "timing.tsv"),
        layers=GEOMETRIES[0],
    output:
        drawn("timing", "timing", "mapping", result="timing of regions", kind="figure", seed="all"),
    log:
        f"{RESULTS}/logs/figures/timing.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/timing.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        **CONDITION_STYLE,
        library=library("draw_timing.py"),
        runs=RUNS,
    script:
        "../scripts/draw_timing.py"


rule draw_learning_curves:
    input:
        history=per_training("training", "history.tsv"),
    output:
        drawn("learning_curves", "learning_curves", "training", result="learning curves", kind="figure", seed="all"),
    log:
        f"{RESULTS}/logs/figures/learning_curves.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/learning_curves.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        **CONDITION_STYLE,
        library=library("draw_learning_curves.py"),
        runs=RUNS,
    script:
        "../scripts/draw_learning_curves.py"


rule draw_error_rates:
    input:
        recognition=f"{RESULTS}/tables/recognition.tsv",
    output:
        drawn("error_rates", "error_rates", "training", result="error rates", kind="figure", seed="all"),
    log:
        f"{RESULTS}/logs/figures/error_rates.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/error_rates.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        **CONDITION_STYLE,
        library=library("draw_error_rates.py"),
    script:
        "../scripts/draw_error_rates.py"
