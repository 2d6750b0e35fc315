"""Names that every stage shares: settings, paths, wildcards and targets."""

import os
import re
import sys
from pathlib import Path

WORKFLOW = Path(workflow.current_basedir).parent
sys.path.insert(0, str(WORKFLOW / "scripts"))

from phonotopy.core.errors import InputError
from preflight import disk, downloads, entry, estimate, failures, inputs, leftovers, orphans, privacy, settings, sources

ENVIRONMENT = "../../envs/phonotopy.yaml"  # of every rule, under --software-deployment-method conda


def checked(function, *arguments):
    """Call the function; what it refuses ends the run with its message alone."""
    try:
        return function(*arguments)
    except InputError as error:
        sys.exit(f"\n{error}\n")  # a WorkflowError would add lines of this file that tell the user nothing


def relative(path):
    """The path from the working directory, so that a moved checkout is the same checkout."""
    return os.path.relpath(path)


def resource(name):
    """A file of resources/."""
    return relative(WORKFLOW.parent / "resources" / name)


config = settings.completed(config, WORKFLOW.parent / "config.yaml")  # a workflow that imports this one gives some
checked(settings.validate, config, WORKFLOW / "schemas" / "config.schema.yaml")
# A prefix with which it imports this one is that of results alone: paths of one's own files are as they are given.
config["results"] = str(workflow.modifier.path_modifier.replace_prefix(config["results"]))
workflow.modifier.path_modifier = type(workflow.modifier.path_modifier)(None, None, workflow)
NAMES = {workflow.modifier.modify_rulename(name): name for name in estimate.COSTS}  # of rules here, by those there
INVENTORY = config["alignment"]["inventory"] or resource("phones.tsv")
LABELS = [relative(path) for path in settings.tables_of_labels(config, WORKFLOW.parent / "resources")]
PHONES = checked(inputs.find_inventory, INVENTORY, LABELS)
checked(inputs.find_aligners, config["alignment"])
checked(settings.check_phones, config, INVENTORY, PHONES)
checked(inputs.free_results, config["results"])
checked(inputs.find_dictionary, config["alignment"]["dictionary"])
if config["corpus"]["source"] == "recordings" and config["corpus"]["recordings"]["path"] != privacy.stand_in(config):
    checked(inputs.find_recordings, config["corpus"]["recordings"]["path"])
checked(entry.check, config)
checked(privacy.check, config)


onstart:  # the folder is locked by now: jobs that still work for it belong to a run that was killed
    orphans.end(Path())
    checked(leftovers.cancel, Path())
    checked(downloads.require, config)
    checked(disk.require, config["results"], disk.MARGIN * sum(disk.estimate(config).values()))
    jobs = list(workflow.dag.needrun_jobs())
    planned = [estimate.Job(NAMES.get(job.rule.name, job.rule.name), job.threads) for job in jobs]
    logger.info(estimate.announcement(config, planned, workflow.resource_settings.cores))
    if message := downloads.announcement(config):
        logger.info(message)
    if Path("config.yaml").is_file() and not any(map(Path("config.yaml").samefile, workflow.configfiles)):
        logger.info("The file config.yaml of this folder is not read; --configfile config.yaml reads it.")


onerror:
    failures.tell(workflow.scheduler.failed, workflow.start_time)


RESULTS = config["results"]
CORPUS = config["corpus"]["name"]
CONDITIONS = config["training"]["run"]
SEEDS = config["training"]["seeds"]
LAYERS = list(range(1, len(config["training"]["network"]["layers"]) + 1))
FORMATS = config["figures"]["formats"]
OWN_CHECKPOINTS = entry.supplied(config, "checkpoints")  # by condition, which then is not trained
OWN_RESPONSES = entry.supplied(config, "responses")  # by condition, which then needs no recogniser
HEARD = [condition for condition in CONDITIONS if condition not in OWN_RESPONSES]
TIMED = config["corpus"]["source"] == "synthetic"  # a synthesiser knows when words begin
COMPARED = config["alignment"]["compared"]["methods"]  # by which a sample is aligned once more
RUNS = [(condition, seed) for condition in CONDITIONS for seed in SEEDS]
CONTROLS = [condition for condition in CONDITIONS if config["training"]["conditions"][condition]["objective"] == "none"]
CONTROL = next(iter(CONTROLS), None)  # the condition that others are compared with, where one is trained
CONDITION_STYLE = {"conditions": CONDITIONS, "controls": CONTROLS}
MAPPING = config["mapping"]
CRITERIA = {
    "minimum_tokens": MAPPING["minimum_tokens"],
    "minimum_speakers": MAPPING["minimum_speakers"],
    "d_prime": MAPPING["responsive_d_prime"],
    "false_discovery_rate": MAPPING["false_discovery_rate"],
}
RESPONSES = f"{RESULTS}/activations/{{corpus}}/{{condition}}/seed{{seed}}"
MAPPED = f"{RESULTS}/mapping/{{corpus}}/{{condition}}/seed{{seed}}"
# Grids and receptive fields are those of the network, which all conditions share.
NETWORK_LAYERS = f"{RESULTS}/activations/{CORPUS}/{CONDITIONS[0]}/seed{SEEDS[0]}/layers.tsv"
MAPPING_TABLES = [  # one of each a training
    "selectivity",
    "feature_selectivity",
    "autocorrelation",
    "correlogram",
    "regions",
    "clusters",
    "replication",
    "organisation",
    "timing",
    "rank",
]
TABLES = {  # by stage
    "alignment": [
        *(["alignment", "speakers", "durations", "reasons"] if HEARD else []),
        *(["boundaries"] if HEARD and TIMED else []),
        *(["compared_alignments"] if HEARD and COMPARED else []),
    ],
    "training": ["recognition"],
    "mapping": ["topography", "agreement", "conditions", "depth"],
}
FIGURES = [
    *[f"activation_maps.seed{seed}" for seed in SEEDS],
    "preferred_manner",
    "morans_i",
    "regions",
    "rank_against_morans_i",
    "conditions",
    "correlogram",
    *[f"clusters.seed{seed}" for seed in SEEDS],
    "replication",
    "organisation",
    "timing",
    "learning_curves",
    "error_rates",
    *(["speech", "durations"] if HEARD else []),
    *(["boundaries"] if HEARD and (TIMED or COMPARED) else []),
]


TRACKED = {  # folders of what is no module
    ".tsv": WORKFLOW.parent / "resources",
    ".rst": WORKFLOW / "report",
    ".sh": WORKFLOW / "scripts",
}


def library(script, *others):
    """Digest of a script (`align.py`, or `align_mfa.sh`), of every module that it imports, and of what else of the project it reads.

    As a parameter of a rule it reruns the rule when their content changes. Snakemake itself knows only the script, of
    which it looks at the date. A parameter is recorded as it was when the run was planned, so that an edit beside a
    running job is seen by the next run, where an input that is older than the output would not be looked at. `others`
    are resources (`voices.tsv`), texts of the report, modules that are run, not imported (`recogniser.worker`), and
    paths of any files.
    """
    paths = [name for name in others if isinstance(name, Path)]
    names = [script, *(name for name in others if not isinstance(name, Path))]
    files = [*paths, *(TRACKED[Path(name).suffix] / name for name in names if Path(name).suffix in TRACKED)]
    modules = [f"phonotopy.{name}" for name in names[1:] if Path(name).suffix not in TRACKED]
    own = [Path(script).stem] if script.endswith(".py") else []
    digest = checked(sources.digest, [*own, *modules], WORKFLOW / "scripts", files)
    return f"{script} {digest[:16]}"  # Snakemake prints it as the reason of a rerun


def growing(amount, thread=0):
    """A resource (MB or minutes), with so much more a thread, that grows with every attempt at a job."""
    return lambda wildcards, threads, attempt: (amount + thread * threads) * attempt


def gpus(number):
    """GPUs that a rule asks for, where networks compute on them."""
    return {"gpu": number} if config["training"]["device"] == "cuda" else {}


def objective_of(wildcards):
    """The objective of a condition with its own settings alone: an edit of another one retrains nothing."""
    name = TRAINING["conditions"][wildcards.condition]["objective"]
    return {"objective": name, "settings": TRAINING["objectives"].get(name, {})}


def own_response(name):
    """The file of this name in the folder of one's own responses."""
    return lambda wildcards: f"{entry.place(OWN_RESPONSES[wildcards.condition], wildcards.seed)}/{name}"


def own_layers(suffix):
    """The files of all layers there."""
    return lambda wildcards: [own_response(f"layer{layer}.{suffix}")(wildcards) for layer in LAYERS]


def alternatives(values):
    """A pattern that matches exactly the given values; without any, nothing."""
    return "|".join(re.escape(str(value)) for value in values) or "(?!)"


wildcard_constraints:
    corpus=alternatives([CORPUS]),
    condition=alternatives(CONDITIONS),
    seed=alternatives(SEEDS),
    layer=alternatives(LAYERS),
    format=alternatives(FORMATS),


def per_training(stage, *names, conditions=CONDITIONS):
    """The named files of a stage for every condition and seed."""
    pattern = f"{RESULTS}/{stage}/{CORPUS}/{{condition}}/seed{{seed}}/{{name}}"
    return expand(pattern, condition=conditions, seed=SEEDS, name=names)


def drawn(name, caption, category, **labels):
    """Files of a figure, one a format, of which the report shows the first."""
    first, *others = [f"{RESULTS}/figures/{name}.{suffix}" for suffix in FORMATS]
    return [report(first, caption=f"../report/{caption}.rst", category=category, labels=labels), *others]


def tabled(name, category):
    """A table for readers that the report shows."""
    labels = {"result": name.replace("_", " "), "kind": "table", "seed": "all"}
    return report(
        f"{RESULTS}/tables/{name}.tsv", caption=f"../report/{name}_table.rst", category=category, labels=labels
    )


def tables(*stages):
    """The tables that the named stages leave for the reader."""
    return [f"{RESULTS}/tables/{name}.tsv" for stage in stages for name in TABLES[stage]]


def targets(*stages):
    """What the named stages leave behind for the reader or for a later stage."""
    files = {
        "corpus": expand(f"{RESULTS}/corpus/{CORPUS}/{{name}}.tsv", name=["utterances", "exclusions"] if HEARD else []),
        "alignment": [
            *expand(f"{RESULTS}/alignment/{CORPUS}/{{name}}.tsv", name=["intervals", "coverage"] if HEARD else []),
            *tables("alignment"),
        ],
        "training": [
            *per_training("training", "checkpoint.pt", conditions=HEARD),
            *per_training("training", "history.tsv", "recognition.tsv"),
            *tables("training"),
        ],
        "activations": per_training("activations", "tokens.tsv", "layers.tsv"),
        "mapping": [
            *per_training("mapping", *[f"{name}.tsv" for name in MAPPING_TABLES]),
            *tables("mapping"),
        ],
        "tables": tables(*TABLES),
        "figures": expand(f"{RESULTS}/figures/{{name}}.{{format}}", name=FIGURES, format=FORMATS),
        "calibration": [
            *expand(f"{RESULTS}/tables/{{name}}.tsv", name=["calibration", "power"]),
            *expand(f"{RESULTS}/figures/calibration.{{format}}", format=FORMATS),
        ],
        "report": [f"{RESULTS}/report.html", f"{RESULTS}/provenance.json"],
    }
    return [file for stage in stages for file in files[stage]]
