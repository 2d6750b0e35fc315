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


def figure_tables(figure):
    """Tables that a figure is made from, by name, of all seeds."""
    made = inputs_of_figure(figure)
    names = [*figure.summaries, *figure.trainings, *[name for name in figure.corpora if name in CORPUS_TABLES]]
    return {name: [file for pattern in made[name] for file in expand(pattern, seed=SEEDS)] for name in names}


def shown_figures():
    """Every figure of the report, as its page needs to know it, one for each seed where there is one."""
    made = {file for file in targets(*REPORTED) if Path(file).parent.name == "figures"}
    found = []
    for figure in FIGURES:
        for seed in SEEDS if figure.each_seed else [None]:
            files = [f"{RESULTS}/figures/{file_name(figure)}.{suffix}".format(seed=seed) for suffix in FORMATS]
            if {*files} <= made:
                facts = {"name": figure.name, "title": figure.title, "stage": figure.stage}
                found.append({**facts, "seed": seed, "files": files, "tables": [*figure_tables(figure)]})
    return found


def shown_tables():
    """Files of every table that has a page, by its name: those for readers, then those that figures are made from."""
    readers = {Path(file).stem: [file] for file in targets(*REPORTED) if Path(file).parent.name == "tables"}
    shown = {one["name"] for one in SHOWN}
    return readers | {
        name: files
        for figure in FIGURES
        if figure.name in shown
        for name, files in figure_tables(figure).items()
        if name not in readers
    }


SHOWN = shown_figures()
SHOWN_TABLES = shown_tables()
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
