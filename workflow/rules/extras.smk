"""Statistics on request (`snakemake extras`), one table a training; each job tells its cost before it starts."""


rule extras:
    input:
        per_training("mapping", *[f"{name}.tsv" for name in MAPPING["extras"]]),
    localrule: True


rule join_counts:
    input:
        preferences=rules.selectivity.output.preferences,
        layers=f"{RESPONSES}/layers.tsv",
    output:
        f"{MAPPED}/join_counts.tsv",
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{condition}}/seed{{seed}}/join_counts.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{condition}}/seed{{seed}}/join_counts.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        library=library("join_counts.py"),
        contiguity=MAPPING["contiguity"],
        permutations=MAPPING["permutations"],
        seed=config["seed"],
    script:
        "../scripts/join_counts.py"


rule local_morans_i:
    input:
        selectivity=rules.selectivity.output.selectivity,
        layers=f"{RESPONSES}/layers.tsv",
    output:
        f"{MAPPED}/local_morans_i.tsv",
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{condition}}/seed{{seed}}/local_morans_i.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{condition}}/seed{{seed}}/local_morans_i.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        library=library("local_morans_i.py"),
        contiguity=MAPPING["contiguity"],
        permutations=MAPPING["permutations"],
        seed=config["seed"],
    script:
        "../scripts/local_morans_i.py"


rule cluster_enhancement:
    input:
        selectivity=rules.selectivity.output.selectivity,
        layers=f"{RESPONSES}/layers.tsv",
    output:
        f"{MAPPED}/cluster_enhancement.tsv",
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{condition}}/seed{{seed}}/cluster_enhancement.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{condition}}/seed{{seed}}/cluster_enhancement.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(120),
    params:
        library=library("cluster_enhancement.py"),
        permutations=MAPPING["permutations"],
        seed=config["seed"],
    script:
        "../scripts/cluster_enhancement.py"


rule time_clusters:
    input:
        selectivity=rules.selectivity.output.selectivity,
        layers=f"{RESPONSES}/layers.tsv",
        moments=[f"{RESPONSES}/layer{n}.npz" for n in LAYERS],
    output:
        f"{MAPPED}/time_clusters.tsv",
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{condition}}/seed{{seed}}/time_clusters.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{condition}}/seed{{seed}}/time_clusters.tsv"
    conda:
        ENVIRONMENT
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(120),
    params:
        library=library("time_clusters.py"),
        forming=MAPPING["cluster_forming"],
        permutations=MAPPING["permutations"],
        seed=config["seed"],
    script:
        "../scripts/time_clusters.py"
