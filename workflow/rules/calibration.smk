"""Whether the tests keep their promises: on request (`snakemake calibration`), and in the report once it was asked for."""

# The names in phonotopy.calibration.calibrate, which takes a second to import; a test compares.
CALIBRATED = [
    "morans_i",
    "morans_i_mean",
    "morans_i_family",
    "gearys_c",
    "correlogram",
    "cluster_mass",
    "largest_region",
    "label_shift",
    "label_shift_speech",
    "label_shift_family",
    "label_shift_region",
    "shared_labels",
    "shared_manners",
    "shared_sound",
    "units_random_network",
    "unit_t",
    "responsive",
    "replication",
    "overlap",
    "smooth_maps",
    "relations",
    "agreement",
    "map_distance",
    "map_distance_surrogates",
    "same_manner",
    "same_manner_other_phone",
    "spelled_letters",
    "spelled_phones",
    "sign_flip",
    "equivalence",
    "join_counts",
    "local_morans_i",
    "cluster_enhancement",
    "time_clusters",
    "lagged_correlation",
    "lesions_scattered",
    "esda_p_sim",
]


rule calibrate:
    output:
        f"{RESULTS}/calibration/{{test}}.tsv",
    log:
        f"{RESULTS}/logs/calibration/{{test}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/calibration/{{test}}.tsv"
    wildcard_constraints:
        test=alternatives(CALIBRATED),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(1000),
        runtime=growing(60),
    params:
        library=library("calibrate.py"),
        data_sets=config["calibration"]["data_sets"],
    script:
        "../scripts/calibrate.py"


rule calibration_table:
    input:
        parts=expand(f"{RESULTS}/calibration/{{test}}.tsv", test=CALIBRATED),
    output:
        report(
            f"{RESULTS}/tables/calibration.tsv",
            caption="../report/calibration_table.rst",
            category="calibration",
            labels={"result": "calibration", "kind": "table", "seed": "all"},
        ),
    log:
        f"{RESULTS}/logs/calibration/calibration_table.log",
    group:
        "calibrations"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        library=library("calibration_table.py"),
    script:
        "../scripts/calibration_table.py"


rule label_power:
    output:
        report(
            f"{RESULTS}/tables/label_power.tsv",
            caption="../report/label_power_table.rst",
            category="calibration",
            labels={"result": "power of tests of labels", "kind": "table", "seed": "all"},
        ),
    log:
        f"{RESULTS}/logs/calibration/label_power.log",
    benchmark:
        f"{RESULTS}/benchmarks/calibration/label_power.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(1000),
        runtime=growing(60),
    params:
        library=library("label_power.py"),
        simulations=config["calibration"]["simulations"],
    script:
        "../scripts/label_power.py"


rule power:
    output:
        report(
            f"{RESULTS}/tables/power.tsv",
            caption="../report/power_table.rst",
            category="calibration",
            labels={"result": "power", "kind": "table", "seed": "all"},
        ),
    log:
        f"{RESULTS}/logs/calibration/power.log",
    benchmark:
        f"{RESULTS}/benchmarks/calibration/power.tsv"
    conda:
        ENVIRONMENT
    threads: 2
    resources:
        mem_mb=growing(1000),
        runtime=growing(60),
    params:
        library=library("power.py"),
        simulations=config["calibration"]["simulations"],
        permutations=999,
    script:
        "../scripts/power.py"
