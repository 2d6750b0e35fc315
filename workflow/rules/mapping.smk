MAPPING = config["mapping"]
MAPPED = f"{RESULTS}/mapping/{{corpus}}/{{model}}/seed{{seed}}"
RESPONSES = f"{RESULTS}/activations/{{corpus}}/{{model}}/seed{{seed}}"
CRITERIA = {
    "minimum_tokens": MAPPING["minimum_tokens"],
    "minimum_speakers": MAPPING["minimum_speakers"],
    "d_prime": MAPPING["responsive_d_prime"],
    "false_discovery_rate": MAPPING["false_discovery_rate"],
}
# The condition that map scores and ranks are compared with, where one is trained.
CONTROL = next((model for model in MODELS if config["training"]["conditions"][model]["objective"] == "none"), None)


rule selectivity:
    input:
        tokens=f"{RESPONSES}/tokens.tsv",
        layers=f"{RESPONSES}/layers.tsv",
        means=[f"{RESPONSES}/layer{n}.npy" for n in LAYERS],
        moments=[f"{RESPONSES}/layer{n}.npz" for n in LAYERS],
        phones=resource("phones.tsv"),
        library=library("mapping.selectivity", "mapping.maps", "mapping.responses", "phones", "logs"),
    output:
        selectivity=f"{MAPPED}/selectivity.tsv",
        preferences=f"{MAPPED}/preferences.tsv",
    params:
        criteria=CRITERIA,
        resampling_unit=MAPPING["resampling_unit"],
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{model}}/seed{{seed}}/selectivity.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{model}}/seed{{seed}}/selectivity.tsv"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    script:
        "../scripts/selectivity.py"


rule label_null:
    input:
        selectivity=rules.selectivity.output.selectivity,
        tokens=f"{RESPONSES}/tokens.tsv",
        layers=f"{RESPONSES}/layers.tsv",
        means=[f"{RESPONSES}/layer{n}.npy" for n in LAYERS],
        library=library("mapping.labels", "mapping.maps", "mapping.responses", "seeds", "logs"),
    output:
        f"{MAPPED}/label_null.npz",
    params:
        criteria=CRITERIA,
        resampling_unit=MAPPING["resampling_unit"],
        shifts=MAPPING["label_shifts"],
        seed=config["seed"],
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{model}}/seed{{seed}}/label_null.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{model}}/seed{{seed}}/label_null.tsv"
    threads: 2
    resources:
        mem_mb=2000,
        runtime=60,
    script:
        "../scripts/label_null.py"


rule autocorrelation:
    input:
        selectivity=rules.selectivity.output.selectivity,
        labels=rules.label_null.output[0],
        layers=f"{RESPONSES}/layers.tsv",
        library=library("mapping.evidence", "mapping.labels", "mapping.maps", "mapping.responses", "seeds", "logs"),
    output:
        f"{MAPPED}/autocorrelation.tsv",
    params:
        permutations=MAPPING["permutations"],
        seed=config["seed"],
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{model}}/seed{{seed}}/autocorrelation.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{model}}/seed{{seed}}/autocorrelation.tsv"
    threads: 2
    resources:
        mem_mb=2000,
        runtime=60,
    script:
        "../scripts/autocorrelation.py"


rule regions:
    input:
        selectivity=rules.selectivity.output.selectivity,
        labels=rules.label_null.output[0],
        layers=f"{RESPONSES}/layers.tsv",
        library=library("mapping.evidence", "mapping.labels", "mapping.maps", "mapping.responses", "seeds", "logs"),
    output:
        f"{MAPPED}/regions.tsv",
    params:
        permutations=MAPPING["permutations"],
        seed=config["seed"],
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{model}}/seed{{seed}}/regions.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{model}}/seed{{seed}}/regions.tsv"
    threads: 2
    resources:
        mem_mb=2000,
        runtime=60,
    script:
        "../scripts/regions.py"


rule rank:
    input:
        layers=f"{RESPONSES}/layers.tsv",
        moments=[f"{RESPONSES}/layer{n}.npz" for n in LAYERS],
        library=library("mapping.quality", "mapping.responses", "logs"),
    output:
        f"{MAPPED}/rank.tsv",
    log:
        f"{RESULTS}/logs/mapping/{{corpus}}/{{model}}/seed{{seed}}/rank.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/{{corpus}}/{{model}}/seed{{seed}}/rank.tsv"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    script:
        "../scripts/rank.py"


rule topography:
    input:
        layers=per_training("activations", "layers.tsv"),
        autocorrelation=per_training("mapping", "autocorrelation.tsv"),
        regions=per_training("mapping", "regions.tsv"),
        rank=per_training("mapping", "rank.tsv"),
        library=library("mapping.topography", "logs"),
    output:
        report(
            f"{RESULTS}/tables/topography.tsv",
            category="mapping",
            labels={"table": "topography"},
        ),
    params:
        corpus=CORPUS,
        runs=[(model, seed) for model in MODELS for seed in SEEDS],
        contiguity=MAPPING["contiguity"],
        control=CONTROL,
    log:
        f"{RESULTS}/logs/mapping/topography.log",
    benchmark:
        f"{RESULTS}/benchmarks/mapping/topography.tsv"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    script:
        "../scripts/topography.py"
