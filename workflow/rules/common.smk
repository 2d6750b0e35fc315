"""Names that every stage shares: settings, paths, wildcards and targets."""

import os
import re
import sys
from dataclasses import asdict
from functools import reduce
from operator import getitem
from pathlib import Path

WORKFLOW = Path(workflow.current_basedir).parent
sys.path.insert(0, str(WORKFLOW / "scripts"))

from declarations.figures import FIGURES
from declarations.introspection import INTROSPECTION, METHODS, chosen
from declarations.kinds import NETWORK
from declarations.pages import EXPLORER
from declarations.statistics import STATISTICS, table_names
from declarations.tables import described
from phonotopy.core.errors import InputError
from phonotopy.core.inventory import examples
from phonotopy.corpus.utterances import SPLITS
from phonotopy.download.download import cached
from progress.follower import follow
from preflight import (
    conditions,
    crowding,
    disk,
    downloads,
    estimate,
    failures,
    front,
    inputs,
    leftovers,
    models,
    orphans,
    pace,
    privacy,
    settings,
    sources,
)

ENVIRONMENT = "../../envs/phonotopy.yaml"  # of every rule, under --software-deployment-method conda


def checked(function, *arguments):
    """Call the function; what it refuses ends the run with its message alone."""
    try:
        return function(*arguments)
    except InputError as error:
        sys.exit(f"\n{error}\n")  # a WorkflowError would add lines of this file that do not help the user


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
checked(inputs.find_intervals, config["alignment"]["intervals"])
checked(conditions.require_files, config)
checked(privacy.check, config)


def look_first():
    """The page that a reader opens first, of those that this run makes or finds up to date; else the results."""
    made = {str(file) for job in workflow.dag.jobs for file in job.output}
    pages = [f"{config['results']}/{name}" for name in ("index.html", "report.html")]
    return next((page for page in pages if page in made), config["results"])


PROGRESS = follow(workflow, look_first)


onstart:  # the folder is locked by now: jobs that still work for it belong to a run that was killed
    orphans.end(Path())
    if workflow.local_exec:
        pace.unlimit(workflow.scheduler)
    checked(leftovers.cancel, Path())
    checked(downloads.require, config)
    checked(disk.require, config["results"], disk.MARGIN * sum(disk.estimate(config).values()))
    jobs = list(workflow.dag.needrun_jobs())
    planned = [estimate.Job(NAMES.get(job.rule.name, job.rule.name), job.threads) for job in jobs]
    logger.info(estimate.announcement(config, planned, workflow.resource_settings.cores))
    if PROGRESS:
        PROGRESS.plan(config, dict(planned), workflow.resource_settings.cores)
    if message := downloads.announcement(config):
        logger.info(message)
    if message := crowding.announcement(len(CONDITIONS)):
        logger.info(message)
    if Path("config.yaml").is_file() and not any(map(Path("config.yaml").samefile, workflow.configfiles)):
        logger.info("The file config.yaml of this folder is not read; --configfile config.yaml reads it.")


onerror:
    failures.announce(workflow.scheduler.failed, workflow.start_time)


RESULTS = config["results"]
CORPUS = config["corpus"]["name"]
CONDITIONS = config["run"]
SEEDS = config["training"]["seeds"]
FORMATS = config["figures"]["formats"]
CACHE = downloads.cache(config)  # of archives and weights
PATIENCE = {name: config["corpus"]["librispeech"][name] for name in ("attempts", "stall_s")}  # of downloads
DEFINED = conditions.resolve(config)  # those that are run, and those whose units they lay out
TRAINED = [name for name, one in DEFINED.items() if one.kind == "objective"]
LONGEST = sorted(TRAINED, key=lambda name: estimate.multiply_adds(config["training"]["features"], DEFINED[name]))
RECOGNISERS = [name for name, one in DEFINED.items() if one.kind in ("objective", "checkpoint")]
MODELS = {name: one for name, one in DEFINED.items() if one.kind == "model"}
RESPONDING = [*RECOGNISERS, *MODELS]  # what is given the speech of the corpus
BUNDLES = {source.name: source for source in models.sources([one.value for one in MODELS.values()])}
RECOGNISED = [name for name in CONDITIONS if name in RECOGNISERS]  # what tables and figures of recognition show
LAID_OUT = [name for name, one in DEFINED.items() if one.kind == "layout"]
LISTENING = [name for name in CONDITIONS if DEFINED[name].origin in RECOGNISERS]  # of which there are weights
INTROSPECTED = chosen(config["introspection"]["methods"])
METHODS_CHOSEN = [one for one in INTROSPECTED if one in METHODS]
OWN_CHECKPOINTS = {name: one.value for name, one in DEFINED.items() if one.kind == "checkpoint"}
OWN_RESPONSES = {name: one.value for name, one in DEFINED.items() if one.kind == "responses"}
TIMED = config["corpus"]["source"] == "synthetic"  # a synthesiser knows when words begin
COMPARED = config["alignment"]["compared"]["methods"]  # by which a sample is aligned once more
WHOLE = [split for split in SPLITS if split in {*config["activations"]["splits"], *config["alignment"]["splits"]}]
SAMPLED = [split for split in SPLITS if split not in WHOLE] if config["alignment"]["sample"] else []
PARTS = [  # of the corpus that are aligned for its maps and tables; introspection may ask for more
    *WHOLE,
    *[f"{split}.sample" for split in SAMPLED if not config["alignment"]["intervals"]],
]
RUNS = [(condition, seed) for condition in CONDITIONS for seed in SEEDS]
LISTENING_RUNS = [run for run in RUNS if run[0] in LISTENING]
FILMED_RUNS = [run for run in LISTENING_RUNS if run[1] in SEEDS[: config["film"]["seeds"]]]
REFERENCE = config["reference"] if config["reference"] in CONDITIONS else None
CONTROLS = [name for name in CONDITIONS if DEFINED[name].is_control or name == REFERENCE]
CONDITION_STYLE = {"conditions": CONDITIONS, "controls": CONTROLS}
COMPUTE = {name: config["training"][name] for name in ("device", "threads")}  # of everything that runs the network
MAPPING = config["mapping"]
CRITERIA = {
    "minimum_tokens": MAPPING["minimum_tokens"],
    "minimum_speakers": MAPPING["minimum_speakers"],
    "d_prime": MAPPING["responsive_d_prime"],
    "false_discovery_rate": MAPPING["false_discovery_rate"],
}
USABLE = f"{RESULTS}/corpus/{CORPUS}/usable.tsv"
CHECKED = [USABLE] if RESPONDING else []  # made first of all, and only where enough of the corpus is usable
ALIGNED = f"{RESULTS}/alignment/{CORPUS}/{{part}}"
MAPPED_SPEECH = [f"{ALIGNED.format(part=split)}/intervals.tsv" for split in config["activations"]["splits"]]
RESPONSES = f"{RESULTS}/activations/{{corpus}}/{{condition}}/seed{{seed}}"
MAPPED = f"{RESULTS}/mapping/{{corpus}}/{{condition}}/seed{{seed}}"
SEAM = {  # all that later stages know of a condition and seed
    "geometry": f"{RESPONSES}/geometry.tsv",
    "placement": f"{RESPONSES}/placement.tsv",
    "tokens": f"{RESPONSES}/tokens.tsv",
    "layers": f"{RESPONSES}/layers.tsv",
    "responses": f"{RESPONSES}/responses.nc",
}
SOUND = f"{RESULTS}/activations/{{corpus}}/sound.npz"  # of all that is given the speech of the corpus
FRAMES = f"{RESULTS}/activations/{CORPUS}/frames.npz"  # what the film shows
COMOMENTS = f"{RESPONSES}/comoments.npz"  # of training speech, from which layouts are made
WEIGHTS = f"{RESULTS}/activations/{CORPUS}/weights/{{bundle}}.tsv"  # receipts of downloads
MEASURED = f"{RESPONSES}/measured.tsv"  # of a network of others: its layers, before it is given any speech
OWN_SOUND = f"{RESPONSES}/sound.npz"  # of responses of one's own; without tokens where they came without audio
GEOMETRIES = [  # of the first seed of every condition
    SEAM["geometry"].format(corpus=CORPUS, condition=condition, seed=SEEDS[0]) for condition in CONDITIONS
]
SUMMARIES = [one for one in STATISTICS if one.summary]
ASKED_SUMMARIES = [one for one in INTROSPECTED if one.summary]
TABLES = {  # by stage
    "alignment": [
        *(["alignment", "speakers", "durations", "reasons"] if RESPONDING else []),
        *(["boundaries"] if RESPONDING and TIMED else []),
        *(["compared_alignments"] if RESPONDING and COMPARED else []),
    ],
    "training": ["recognition", "recognition_by_speaker"],
    "mapping": [one.name for one in SUMMARIES],
}
CORPUS_TABLES = [  # accounts of onsets that a run compares
    *(["onsets"] if RESPONDING and TIMED else []),
    *(["compared_onsets"] if RESPONDING and COMPARED else []),
]


TRACKED = {  # folders of what is no module
    ".tsv": WORKFLOW.parent / "resources",
    ".rst": WORKFLOW / "report",
    ".sh": WORKFLOW / "scripts",
    **dict.fromkeys((".css", ".html", ".js", ".LICENSE"), WORKFLOW.parent / "resources" / "web"),
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


def order(stage):
    """Priority of a job of the stage `alignment` or `training`, by its wildcards, over others that could start as well.

    What maps need is aligned before trainings take the cores, so that a corpus that cannot be aligned stops the run at
    once; a sample for tables can wait. The longest training is the first, and the maps of those that are done do not
    wait for the others.
    """
    if stage == "alignment":
        return lambda wildcards: -len(TRAINED) - 1 if wildcards.part.endswith(".sample") else 1
    return lambda wildcards: -len(TRAINED) + LONGEST.index(wildcards.condition)


def part_of(wildcards):
    """A part as scripts know it."""
    split, _, sample = wildcards.part.partition(".")
    return {"split": split, **({"sample": config["alignment"]["sample"], "seed": config["seed"]} if sample else {})}


def growing(amount, thread=0):
    """A resource (MB or minutes), with so much more a thread, that grows with every attempt at a job."""
    return lambda wildcards, threads, attempt: (amount + thread * threads) * attempt


def gpus(number):
    """GPUs that a rule asks for, where networks compute on them."""
    return {"gpu": number} if config["training"]["device"] == "cuda" else {}


def objective_of(wildcards):
    """The objective of a condition with its own settings alone: an edit of another one retrains nothing."""
    one = DEFINED[wildcards.condition]
    return {"objective": one.value, "settings": one.settings}


def model_of(wildcards):
    """What a condition says of the network of others that it is."""
    one = MODELS[wildcards.condition]
    return {
        "name": one.name,
        **models.parts(one.value),
        **{name: one.module[name] for name in ("layers", "input", "sample_rate_hz")},
    }


def module_of_model(wildcards):
    """The Python file of a module of one's own; a bundle of torchaudio has none."""
    model = MODELS[wildcards.condition].value
    return [] if models.bundle(model) else models.file_of(model)


def weights_of_model(wildcards):
    """The file that weights are read from."""
    one = MODELS[wildcards.condition]
    name = models.bundle(one.value)
    return str(cached(BUNDLES[name], CACHE)) if name else conditions.path_of(one.module["weights"], wildcards.seed)


def given_weights(wildcards):
    """What says whether weights are those of before: the receipt of a bundle, or the file of one's own."""
    name = models.bundle(MODELS[wildcards.condition].value)
    return WEIGHTS.format(bundle=name) if name else weights_of_model(wildcards)


def own_response(name):
    """The file of this name in the folder of one's own responses."""
    return lambda wildcards: f"{conditions.path_of(OWN_RESPONSES[wildcards.condition], wildcards.seed)}/{name}"


def of_origin(name):
    """The file of the `SEAM` that a layout shares with the condition that it lays out."""
    return lambda wildcards: SEAM[name].format(
        corpus=wildcards.corpus, condition=DEFINED[wildcards.condition].origin, seed=wildcards.seed
    )


def comoments_of_origin(wildcards):
    """The file that a layout is made from; a random one has none."""
    one = DEFINED[wildcards.condition]
    named = {"corpus": wildcards.corpus, "condition": one.origin, "seed": wildcards.seed}
    return COMOMENTS.format(**named) if one.value != conditions.UNFITTED else []


def own_sound(wildcards):
    """The optional file of sound in the folder of one's own responses; where there is none, nothing."""
    path = own_response("sound.npz")(wildcards)
    return [path] if Path(path).is_file() else []


def sound_of_origin(wildcards):
    """The file of what the tokens of a condition, or of that which it lays out, sound like."""
    origin = DEFINED[wildcards.condition].origin
    pattern = OWN_SOUND if origin in OWN_RESPONSES else SOUND
    return pattern.format(corpus=wildcards.corpus, condition=origin, seed=wildcards.seed)


def filmed_files(name):
    """The file of the `SEAM` of every training that the film shows."""
    return [SEAM[name].format(corpus=CORPUS, condition=condition, seed=seed) for condition, seed in FILMED_RUNS]


def seed_files(name):
    """The file of the `SEAM` of every condition that the film shows, with the seed of an animation."""
    return expand(SEAM[name], corpus=CORPUS, condition=LISTENING, allow_missing=True)


def public_frames(wildcards):
    """What the film shows; where recordings are private the run ends with the reason why it is not shown."""
    checked(privacy.check_film, config)
    return FRAMES


def setting(path):
    """The setting at a dotted path."""
    return reduce(getitem, path.split("."), config)


def alternatives(values):
    """A pattern that matches exactly the given values; without any, nothing."""
    return "|".join(re.escape(str(value)) for value in values) or "(?!)"


wildcard_constraints:
    corpus=alternatives([CORPUS]),
    condition=alternatives(DEFINED),
    seed=alternatives(SEEDS),
    format=alternatives(FORMATS),
    part=alternatives([*SPLITS, *[f"{split}.sample" for split in SPLITS]]),


def per_training(stage, *names, of=CONDITIONS):
    """The named files of a stage for every seed of some conditions."""
    pattern = f"{RESULTS}/{stage}/{CORPUS}/{{condition}}/seed{{seed}}/{{name}}"
    return expand(pattern, condition=of, seed=SEEDS, name=names)


RECOGNISED_RUNS = [(condition, seed) for condition in RECOGNISED for seed in SEEDS]
TRANSCRIPTS = per_training("training", "transcripts.tsv", of=RECOGNISED)  # of these, in their order


def tabled(name, category, title=""):
    """A table for readers that the report shows."""
    labels = {"result": title or name.replace("_", " "), "kind": "table", "seed": "all"}
    return report(
        f"{RESULTS}/tables/{name}.tsv", caption=f"../report/{name}_table.rst", category=category, labels=labels
    )


def tables(*stages):
    """The tables that the named stages leave for the reader."""
    return [f"{RESULTS}/tables/{name}.tsv" for stage in stages for name in TABLES[stage]]


def targets(*stages):
    """What the named stages leave behind for the reader or for a later stage."""
    files = {
        "corpus": expand(
            f"{RESULTS}/corpus/{CORPUS}/{{name}}.tsv",
            name=["utterances", "exclusions", "usable"] if RESPONDING else [],
        ),
        "alignment": [
            *expand(f"{RESULTS}/alignment/{CORPUS}/{{name}}.tsv", name=["intervals", "coverage"] if RESPONDING else []),
            *tables("alignment"),
        ],
        "training": [
            *per_training("training", "checkpoint.pt", of=RECOGNISERS),
            *per_training("training", "history.tsv", "recognition.tsv", of=RECOGNISERS),
            *tables("training"),
        ],
        "activations": [
            *per_training("activations", "geometry.tsv", "placement.tsv"),
            *([SOUND.format(corpus=CORPUS)] if RESPONDING else []),
            *per_training("activations", "sound.npz", of=OWN_RESPONSES),
            *per_training("activations", "responses.nc", of=[name for name in DEFINED if name not in LAID_OUT]),
        ],
        "mapping": [
            *per_training("mapping", *[f"{name}.tsv" for name in table_names()]),
            *tables("mapping"),
        ],
        "introspection": [
            *per_training(
                "introspection", *[file for one in INTROSPECTED if not one.summary for file in one.files], of=LISTENING
            ),
            *[f"{RESULTS}/tables/{one.name}.tsv" for one in ASKED_SUMMARIES],
            *figures("introspection"),
        ],
        "tables": tables(*TABLES),
        "figures": figures(*TABLES),
        "calibration": [
            *expand(f"{RESULTS}/tables/{{name}}.tsv", name=["calibration", "power", "label_power"]),
            *figures("calibration"),
        ],
        "film": [f"{RESULTS}/film.html"] if LISTENING else [],
        "report": [
            f"{RESULTS}/{name}"
            for name in ("index.html", "report.html", "explorer.html", "provenance.json", "dictionary.md")
        ],
    }
    return [file for stage in stages for file in files[stage]]
