"""Everything that people read, in one page."""

import json

REPORTED = ["corpus", "alignment", "training", "mapping", "figures"]
if LISTENING:
    REPORTED.append("film")
for stage in ("introspection", "calibration"):  # asked for before; kept up to date from then on
    if any(Path(file).exists() for file in targets(stage)):
        REPORTED.append(stage)
TEXTS = sorted((WORKFLOW / "report").glob("*.rst"))


rule answer:
    input:
        claims=f"{RESULTS}/tables/claims.tsv",
    output:
        report(
            f"{RESULTS}/answer.html",
            caption="../report/answer.rst",
            category="answer",
            labels={"result": "answer", "kind": "page", "seed": "all"},
        ),
    log:
        f"{RESULTS}/logs/report/answer.log",
    benchmark:
        f"{RESULTS}/benchmarks/report/answer.tsv"
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(500),
        runtime=growing(10),
    params:
        library=library("answer.py"),
        control=REFERENCE,
    script:
        "../scripts/answer.py"


rule compose_report:
    input:
        results=targets(*REPORTED),
        answer=f"{RESULTS}/answer.html",
        provenance=f"{RESULTS}/provenance.html",
        texts=[relative(path) for path in TEXTS],
    output:
        f"{RESULTS}/report.html",
    log:
        f"{RESULTS}/logs/report/report.log",
    benchmark:
        f"{RESULTS}/benchmarks/report/report.tsv"
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        library=library("compose_report.py", *[path.name for path in TEXTS]),
        snakefile=relative(WORKFLOW.parent / "Snakefile"),
        settings=lambda wildcards: json.dumps(privacy.reported(config), sort_keys=True, indent=1),
        stages=["answer", *REPORTED, "provenance"],
    script:
        "../scripts/compose_report.py"
