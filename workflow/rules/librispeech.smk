"""LibriSpeech: archives from the network, unpacked, indexed, with published phone alignments beside them."""

ARCHIVES = {source.name: source for source in checked(downloads.sources, config)}
SPEECH = downloads.split_of(config)  # split of each archive of speech
ALIGNMENTS = [name for name in ARCHIVES if name not in SPEECH]
ARCHIVED = f"{RESULTS}/corpus/{CORPUS}"


wildcard_constraints:
    archive=alternatives(ARCHIVES),


# Local even on a cluster, since its nodes often have no network. The output is a receipt: Snakemake deletes outputs of
# what it runs again, and gigabytes that other runs share are not its to delete. Run again, it verifies what is there.
rule download:
    output:
        f"{ARCHIVED}/archives/{{archive}}.tsv",
    log:
        f"{RESULTS}/logs/corpus/{CORPUS}/download.{{archive}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/corpus/{CORPUS}/download.{{archive}}.tsv"
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(500),
        runtime=growing(1440),
    params:
        library=library("download.py"),
        source=lambda wildcards: asdict(ARCHIVES[wildcards.archive]),
        cache=str(CACHE),
        patience=PATIENCE,
    script:
        "../scripts/download.py"


rule downloads:
    input:
        expand(f"{ARCHIVED}/archives/{{archive}}.tsv", archive=ARCHIVES),
    localrule: True


rule unpack:
    input:
        receipt=f"{ARCHIVED}/archives/{{archive}}.tsv",
    output:
        directory(f"{ARCHIVED}/audio/{{archive}}"),
    log:
        f"{RESULTS}/logs/corpus/{CORPUS}/unpack.{{archive}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/corpus/{CORPUS}/unpack.{{archive}}.tsv"
    wildcard_constraints:
        archive=alternatives(SPEECH),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(1000),
        runtime=growing(240),
    params:
        library=library("unpack.py"),
        archive=lambda wildcards: str(cached(ARCHIVES[wildcards.archive], CACHE)),
    script:
        "../scripts/unpack.py"


rule unpack_alignments:
    input:
        receipt=expand(f"{ARCHIVED}/archives/{{archive}}.tsv", archive=ALIGNMENTS),
        audio=expand(f"{ARCHIVED}/audio/{{archive}}", archive=SPEECH),
    output:
        directory(f"{ARCHIVED}/textgrids"),
    log:
        f"{RESULTS}/logs/corpus/{CORPUS}/unpack_alignments.log",
    benchmark:
        f"{RESULTS}/benchmarks/corpus/{CORPUS}/unpack_alignments.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(1000),
        runtime=growing(240),
    params:
        library=library("unpack_alignments.py"),
        archive=[str(cached(ARCHIVES[name], CACHE)) for name in ALIGNMENTS],
    script:
        "../scripts/unpack_alignments.py"


rule librispeech:
    input:
        audio=expand(f"{ARCHIVED}/audio/{{archive}}", archive=SPEECH),
        textgrids=f"{ARCHIVED}/textgrids" if ALIGNMENTS else [],
    output:
        utterances=f"{ARCHIVED}/utterances.tsv",
        exclusions=f"{ARCHIVED}/exclusions.tsv",
    log:
        f"{RESULTS}/logs/corpus/{CORPUS}.log",
    benchmark:
        f"{RESULTS}/benchmarks/corpus/{CORPUS}/librispeech.tsv"
    conda:
        ENVIRONMENT
    threads: 8
    resources:
        mem_mb=growing(500, thread=125),
        runtime=growing(240),
    params:
        library=library("librispeech.py"),
        splits=list(SPEECH.values()),
    script:
        "../scripts/librispeech.py"
