"""Everything that people read, in one page."""

import json

REPORTED = ["corpus", "alignment", "training", "mapping", "figures"]
if LISTENING:
    REPORTED.append("film")
for stage in ("introspection", "calibration"):  # asked for before; kept up to date from then on
    if any(Path(file).exists() for file in targets(stage)):
        REPORTED.append(stage)
TEXTS = sorted((WORKFLOW / "report").glob("*.rst"))
WEB = (  # templates and styles of pages
    *("page.css", "results.css", "table.js"),
    *[f"{name}.html" for name in ("frame", "index", "answer", "figure", "table", "text")],
)


SHOWN = shown_figures(*REPORTED)
SHOWN_TABLES = shown_tables(*REPORTED)
MADE = [file for file in (*targets("report"), *targets(*REPORTED)) if file.endswith(".html")]
WAYS = {  # what else a run makes to look at, by the name of a link
    **{
        title: f"{name}.html"
        for title, name in (("Explorer", "explorer"), ("Film", "film"), ("Report", "report"))
        if f"{RESULTS}/{name}.html" in MADE
    },
    "Method": "pages/method.html",
    "Dictionary": "pages/dictionary.html",
    "Provenance": "provenance.html",
    **{
        " ".join(("Sound of", *Path(file).parts[-3:-1])): os.path.relpath(file, RESULTS)
        for file in MADE
        if file.startswith(f"{RESULTS}/introspection/")
    },
}


rule pages:
    input:
        claims=f"{RESULTS}/tables/claims.tsv",
        tables=[file for files in SHOWN_TABLES.values() for file in files],
        figures=[file for one in SHOWN for file in one["files"]],
        dictionary=f"{RESULTS}/dictionary.md",
    output:
        index=f"{RESULTS}/index.html",
        texts=[f"{RESULTS}/pages/{name}.html" for name in ("method", "dictionary")],
        figures=[f"{RESULTS}/pages/figures/{Path(one['files'][0]).with_suffix('.html').name}" for one in SHOWN],
        tables=[f"{RESULTS}/pages/tables/{name}.html" for name in SHOWN_TABLES],
    log:
        f"{RESULTS}/logs/report/pages.log",
    benchmark:
        f"{RESULTS}/benchmarks/report/pages.tsv"
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        library=library("pages.py", *[path.name for path in TEXTS], *WEB),
        settings=lambda wildcards: json.dumps(privacy.public(config), sort_keys=True),
        run={"corpus": CORPUS, "conditions": CONDITIONS, "seeds": SEEDS, "reference": REFERENCE},
        figures=SHOWN,
        tables=SHOWN_TABLES,
        ways=WAYS,
        texts=relative(WORKFLOW / "report"),
        web=resource("web"),
    script:
        "../scripts/pages.py"


rule compose_report:
    input:
        results=targets(*REPORTED),
        index=rules.pages.output.index,
        tables=rules.pages.output.tables,
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
        library=library(
            "compose_report.py", *[path.name for path in TEXTS], "page.css", "results.css", "report.css", "report.js"
        ),
        snakefile=relative(WORKFLOW.parent / "Snakefile"),
        settings=lambda wildcards: json.dumps(privacy.reported(config), sort_keys=True, indent=1),
        stages=[*REPORTED, "provenance"],
        web=resource("web"),
    script:
        "../scripts/compose_report.py"
