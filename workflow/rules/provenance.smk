"""Where results come from, and the archive that goes with a paper."""

SOURCES = targets(*REPORTED)
INCLUDED = config["archive"]["include"]
PROJECT = [
    "CITATION.cff",
    "LICENSE",
    "CHANGELOG.md",
    "pyproject.toml",
    "envs/phonotopy.yaml",
    "envs/requirements-run.txt",
    "docs/licences.tsv",
]


DICTIONARY = relative(WORKFLOW.parent / "docs" / "dictionary.md")
DESCRIBING = [  # modules with columns, of those that statistics are made of
    path
    for path in sources.closure({f"phonotopy.{one.module}" for one in described()}, WORKFLOW / "scripts")
    if "phonotopy.core.columns" in path.read_text(encoding="utf-8")
]


rule dictionary:
    output:
        f"{RESULTS}/dictionary.md",
    log:
        f"{RESULTS}/logs/report/dictionary.log",
    benchmark:
        f"{RESULTS}/benchmarks/report/dictionary.tsv"
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        library=library("dictionary.py", Path(DICTIONARY), *DESCRIBING),
        text=DICTIONARY,
        described=[tuple(one) for one in described()],
    script:
        "../scripts/dictionary.py"


rule provenance:
    input:
        tables=[file for file in SOURCES if Path(file).parent == Path(f"{RESULTS}/tables")],
        others=[file for file in SOURCES if Path(file).parent != Path(f"{RESULTS}/tables")],
        pins=relative(WORKFLOW.parent / "pyproject.toml"),
        version=relative(WORKFLOW.parent / "CITATION.cff"),
    output:
        record=f"{RESULTS}/provenance.json",
        page=report(
            f"{RESULTS}/provenance.html",
            caption="../report/provenance.rst",
            category="provenance",
            labels={"result": "provenance", "kind": "page", "seed": "all"},
        ),
    log:
        f"{RESULTS}/logs/report/provenance.log",
    benchmark:
        f"{RESULTS}/benchmarks/report/provenance.tsv"
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        library=library("provenance.py"),
        settings=lambda wildcards: json.dumps(privacy.public(config), sort_keys=True),
        root=relative(WORKFLOW.parent),
        logs=f"{RESULTS}/logs",
        runs=RUNS,
    script:
        "../scripts/provenance.py"


rule archive:
    input:
        results=[file for file in SOURCES if Path(file).parent.name in ("tables", "figures")],
        report=targets("report"),
        pages=rules.pages.output,
        provenance=f"{RESULTS}/provenance.html",
        project=[relative(WORKFLOW.parent / name) for name in PROJECT],
        weights=per_training("training", "checkpoint.pt", of=RECOGNISERS) if "weights" in INCLUDED else [],
        utterances=targets("corpus")[:1] if "audio" in INCLUDED else [],
    output:
        f"{RESULTS}/archive.tar.gz",
    log:
        f"{RESULTS}/logs/report/archive.log",
    benchmark:
        f"{RESULTS}/benchmarks/report/archive.tsv"
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(1000),
        runtime=growing(60),
    params:
        library=library("archive.py"),
        settings=lambda wildcards: json.dumps(privacy.public(config), sort_keys=True),
        root=relative(WORKFLOW.parent),
    script:
        "../scripts/archive.py"
