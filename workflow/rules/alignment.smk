"""Phone intervals of what is asked for: TextGrids where there are some, forced alignment elsewhere.

A part is a split, which mapping, introspection or the settings ask for, or a sample of a split that none of them needs.
"""

EXTERNAL = {name: f"{ALIGNED}/{name}" for name in ("mfa", "ctc")}  # aligners that leave TextGrids
ALIGNERS = [name for name in config["alignment"]["method"] if name in EXTERNAL]


# Of the cores of this machine half, so that training can begin on the others; a job that a cluster has started takes its own.
HALF = 8 if workflow.remote_exec else max(1, min(8, (workflow.resource_settings.cores or 16) // 2))


rule align:
    input:
        utterances=f"{RESULTS}/corpus/{CORPUS}/utterances.tsv",
        inventory=INVENTORY,
        labels=LABELS,
        dictionary=config["alignment"]["dictionary"] or [],
        aligners=[EXTERNAL[name] for name in ALIGNERS],
    output:
        intervals=f"{ALIGNED}/intervals.tsv",
        coverage=f"{ALIGNED}/coverage.tsv",
        textgrids=directory(f"{ALIGNED}/textgrids"),
    log:
        f"{RESULTS}/logs/alignment/{CORPUS}/{{part}}.align.log",
    benchmark:
        f"{RESULTS}/benchmarks/alignment/{CORPUS}/{{part}}.align.tsv"
    priority: order("alignment")
    group:
        "alignment"
    conda:
        ENVIRONMENT
    threads: lambda wildcards: 1 if wildcards.part.endswith(".sample") else HALF
    resources:
        mem_mb=growing(1000, thread=250),
        runtime=growing(120),
    params:
        **{name: config["alignment"][name] for name in ("tiers", "mapped", "outside")},
        library=library("align.py", Path(INVENTORY), *map(Path, LABELS)),
        part=part_of,
        method=config["alignment"]["method"],
        aligners=ALIGNERS,
        remarks=REMARKS,
    script:
        "../scripts/align.py"


rule mfa_corpus:
    input:
        utterances=f"{RESULTS}/corpus/{CORPUS}/utterances.tsv",
    output:
        corpus=temp(directory(f"{ALIGNED}/mfa_corpus")),
    log:
        f"{RESULTS}/logs/alignment/{CORPUS}/{{part}}.mfa_corpus.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(1000),
        runtime=growing(30),
    params:
        library=library("mfa_corpus.py"),
        part=part_of,
    script:
        "../scripts/mfa_corpus.py"


rule align_mfa:
    input:
        corpus=rules.mfa_corpus.output.corpus,
        models=[name for name in config["alignment"]["mfa"].values() if "/" in name],
    output:
        textgrids=directory(EXTERNAL["mfa"]),
    log:
        f"{RESULTS}/logs/alignment/{CORPUS}/{{part}}.align_mfa.log",
    benchmark:
        f"{RESULTS}/benchmarks/alignment/{CORPUS}/{{part}}.align_mfa.tsv"
    conda:
        "../../envs/mfa.yaml"
    threads: 8
    resources:
        mem_mb=growing(4000, thread=1000),
        runtime=growing(720),
    params:
        library=library("align_mfa.sh"),
        dictionary=config["alignment"]["mfa"]["dictionary"],
        acoustic=config["alignment"]["mfa"]["acoustic_model"],
    script:
        "../scripts/align_mfa.sh"


rule align_letters:
    input:
        utterances=f"{RESULTS}/corpus/{CORPUS}/utterances.tsv",
        checkpoint=[name for name in [config["alignment"]["ctc"]["recogniser"]] if name.endswith(".pt")],
    output:
        textgrids=directory(EXTERNAL["ctc"]),
    log:
        f"{RESULTS}/logs/alignment/{CORPUS}/{{part}}.align_letters.log",
    benchmark:
        f"{RESULTS}/benchmarks/alignment/{CORPUS}/{{part}}.align_letters.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(4000),
        runtime=growing(240),
    params:
        library=library("align_letters.py"),
        part=part_of,
        recogniser=config["alignment"]["ctc"]["recogniser"],
    script:
        "../scripts/align_letters.py"


if config["alignment"]["intervals"]:

    ruleorder: take_intervals > align  # both make the same files; that the table exists has been checked

    rule take_intervals:
        input:
            intervals=config["alignment"]["intervals"],
            utterances=f"{RESULTS}/corpus/{CORPUS}/utterances.tsv",
            inventory=INVENTORY,
            labels=LABELS,
        output:
            intervals=f"{ALIGNED}/intervals.tsv",
            coverage=f"{ALIGNED}/coverage.tsv",
            textgrids=directory(f"{ALIGNED}/textgrids"),
        log:
            f"{RESULTS}/logs/alignment/{CORPUS}/{{part}}.take_intervals.log",
        benchmark:
            f"{RESULTS}/benchmarks/alignment/{CORPUS}/{{part}}.take_intervals.tsv"
        group:
            "alignment"
        conda:
            ENVIRONMENT
        resources:
            mem_mb=growing(2000),
            runtime=growing(60),
        params:
            **{name: config["alignment"][name] for name in ("mapped", "outside")},
            library=library("take_intervals.py", Path(INVENTORY), *map(Path, LABELS)),
            part=part_of,
        script:
            "../scripts/take_intervals.py"


rule account:
    input:
        utterances=f"{RESULTS}/corpus/{CORPUS}/utterances.tsv",
        exclusions=f"{RESULTS}/corpus/{CORPUS}/exclusions.tsv",
        parts=expand(f"{ALIGNED}/coverage.tsv", part=PARTS),
        intervals=expand(f"{ALIGNED}/intervals.tsv", part=PARTS),
    output:
        intervals=f"{RESULTS}/alignment/{CORPUS}/intervals.tsv",
        coverage=f"{RESULTS}/alignment/{CORPUS}/coverage.tsv",
        summary=tabled("alignment", "alignment"),
    log:
        f"{RESULTS}/logs/alignment/{CORPUS}.log",
    benchmark:
        f"{RESULTS}/benchmarks/alignment/{CORPUS}.account.tsv"
    group:
        "alignment"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        library=library("account.py"),
        max_excluded=config["corpus"]["max_excluded"],
        corpus=CORPUS,
    script:
        "../scripts/account.py"
