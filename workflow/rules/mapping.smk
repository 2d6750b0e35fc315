"""Selectivity of units, maps of phones and their statistics, for every training."""


rule selectivity:
    input:
        tokens=f"{RESPONSES}/tokens.tsv",
        layers=f"{RESPONSES}/layers.tsv",
        means=[f"{RESPONSES}/layer{n}.npy" for n in LAYERS],
        moments=[f"{RESPONSES}/layer{n}.npz" for n in LAYERS],
        phones=INVENTORY,
    output:
        selectivity=f"{MAPPED}/selectivity.tsv",
        preferences=f"{MAPPED}/preferences.tsv",
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{condition}}/seed{{seed}}/selectivity.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{condition}}/seed{{seed}}/selectivity.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        library=library("selectivity.py", Path(INVENTORY)),
        criteria=CRITERIA,
        resampling_unit=MAPPING["resampling_unit"],
        bootstraps=MAPPING["bootstraps"],
        seed=config["seed"],
    script:
        "../scripts/selectivity.py"


rule feature_selectivity:
    input:
        tokens=f"{RESPONSES}/tokens.tsv",
        layers=f"{RESPONSES}/layers.tsv",
        means=[f"{RESPONSES}/layer{n}.npy" for n in LAYERS],
        moments=[f"{RESPONSES}/layer{n}.npz" for n in LAYERS],
        phones=INVENTORY,
    output:
        f"{MAPPED}/feature_selectivity.tsv",
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{condition}}/seed{{seed}}/feature_selectivity.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{condition}}/seed{{seed}}/feature_selectivity.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        library=library("feature_selectivity.py", Path(INVENTORY)),
        criteria=CRITERIA,
        resampling_unit=MAPPING["resampling_unit"],
    script:
        "../scripts/feature_selectivity.py"


rule label_null:
    input:
        selectivity=rules.selectivity.output.selectivity,
        tokens=f"{RESPONSES}/tokens.tsv",
        layers=f"{RESPONSES}/layers.tsv",
        means=[f"{RESPONSES}/layer{n}.npy" for n in LAYERS],
    output:
        f"{MAPPED}/label_null.npz",
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{condition}}/seed{{seed}}/label_null.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{condition}}/seed{{seed}}/label_null.tsv"
    conda:
        ENVIRONMENT
    threads: 2
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        library=library("label_null.py"),
        criteria=CRITERIA,
        resampling_unit=MAPPING["resampling_unit"],
        shifts=MAPPING["label_shifts"],
        seed=config["seed"],
    script:
        "../scripts/label_null.py"


rule autocorrelation:
    input:
        selectivity=rules.selectivity.output.selectivity,
        labels=rules.label_null.output[0],
        layers=f"{RESPONSES}/layers.tsv",
    output:
        f"{MAPPED}/autocorrelation.tsv",
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{condition}}/seed{{seed}}/autocorrelation.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{condition}}/seed{{seed}}/autocorrelation.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        library=library("autocorrelation.py"),
        permutations=MAPPING["permutations"],
        seed=config["seed"],
    script:
        "../scripts/autocorrelation.py"


rule regions:
    input:
        selectivity=rules.selectivity.output.selectivity,
        labels=rules.label_null.output[0],
        layers=f"{RESPONSES}/layers.tsv",
    output:
        f"{MAPPED}/regions.tsv",
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{condition}}/seed{{seed}}/regions.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{condition}}/seed{{seed}}/regions.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        library=library("regions.py"),
        permutations=MAPPING["permutations"],
        seed=config["seed"],
    script:
        "../scripts/regions.py"


rule correlogram:
    input:
        selectivity=rules.selectivity.output.selectivity,
        layers=f"{RESPONSES}/layers.tsv",
    output:
        f"{MAPPED}/correlogram.tsv",
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{condition}}/seed{{seed}}/correlogram.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{condition}}/seed{{seed}}/correlogram.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        library=library("correlogram.py"),
        permutations=MAPPING["surrogates"],
        seed=config["seed"],
    script:
        "../scripts/correlogram.py"


rule clusters:
    input:
        selectivity=rules.selectivity.output.selectivity,
        layers=f"{RESPONSES}/layers.tsv",
    output:
        f"{MAPPED}/clusters.tsv",
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{condition}}/seed{{seed}}/clusters.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{condition}}/seed{{seed}}/clusters.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        library=library("clusters.py"),
        forming=MAPPING["cluster_forming"],
        permutations=MAPPING["permutations"],
        seed=config["seed"],
    script:
        "../scripts/clusters.py"


rule replication:
    input:
        layers=f"{RESPONSES}/layers.tsv",
        moments=[f"{RESPONSES}/layer{n}.npz" for n in LAYERS],
    output:
        f"{MAPPED}/replication.tsv",
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{condition}}/seed{{seed}}/replication.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{condition}}/seed{{seed}}/replication.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        library=library("replication.py"),
        criteria=CRITERIA,
        surrogates=MAPPING["surrogates"],
        seed=config["seed"],
    script:
        "../scripts/replication.py"


rule organisation:
    input:
        selectivity=rules.selectivity.output.selectivity,
        layers=f"{RESPONSES}/layers.tsv",
        moments=[f"{RESPONSES}/layer{n}.npz" for n in LAYERS],
        phones=INVENTORY,
    output:
        f"{MAPPED}/organisation.tsv",
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{condition}}/seed{{seed}}/organisation.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{condition}}/seed{{seed}}/organisation.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        library=library("organisation.py", Path(INVENTORY)),
        surrogates=MAPPING["surrogates"],
        seed=config["seed"],
    script:
        "../scripts/organisation.py"


rule timing:
    input:
        tokens=f"{RESPONSES}/tokens.tsv",
        layers=f"{RESPONSES}/layers.tsv",
        moments=[f"{RESPONSES}/layer{n}.npz" for n in LAYERS],
    output:
        timing=f"{MAPPED}/timing.tsv",
        courses=f"{MAPPED}/courses.tsv",
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{condition}}/seed{{seed}}/timing.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{condition}}/seed{{seed}}/timing.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        library=library("timing.py"),
        criteria=CRITERIA,
        bootstraps=MAPPING["bootstraps"],
        seed=config["seed"],
    script:
        "../scripts/timing.py"


rule rank:
    input:
        layers=f"{RESPONSES}/layers.tsv",
        moments=[f"{RESPONSES}/layer{n}.npz" for n in LAYERS],
    output:
        f"{MAPPED}/rank.tsv",
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{condition}}/seed{{seed}}/rank.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{condition}}/seed{{seed}}/rank.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        library=library("rank.py"),
    script:
        "../scripts/rank.py"


rule topography:
    input:
        layers=per_training("activations", "layers.tsv"),
        autocorrelation=per_training("mapping", "autocorrelation.tsv"),
        regions=per_training("mapping", "regions.tsv"),
        rank=per_training("mapping", "rank.tsv"),
    output:
        report(
            f"{RESULTS}/tables/topography.tsv",
            caption="../report/topography.rst",
            category="mapping",
            labels={"result": "topography", "kind": "table", "seed": "all"},
        ),
    log:
        f"{RESULTS}/logs/mapping/topography.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/topography.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        library=library("topography.py"),
        corpus=CORPUS,
        runs=[(condition, seed) for condition in CONDITIONS for seed in SEEDS],
        contiguity=MAPPING["contiguity"],
        control=CONTROL,
    script:
        "../scripts/topography.py"
