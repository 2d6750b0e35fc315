"""Phonotopy: topographic maps of a speech recogniser, from audio to report."""

from snakemake.utils import min_version

min_version("9.27")


configfile: os.path.relpath(f"{workflow.current_basedir}/config.yaml")


if workflow.modifier.is_main_snakefile():  # a workflow that imports this one as a module has a report of its own

    report: "workflow/report/method.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/declared.smk"
include: "workflow/rules/corpus.smk"
include: "workflow/rules/alignment.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/activations.smk"
include: "workflow/rules/film.smk"
include: "workflow/rules/mapping.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/calibration.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/explorer.smk"
include: "workflow/rules/provenance.smk"
include: "workflow/rules/targets.smk"


rule all:
    default_target: True
    input:
        targets("tables", "figures", "report"),
    localrule: True
