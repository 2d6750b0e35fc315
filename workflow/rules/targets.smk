"""One target a stage, such as `snakemake --cores 2 mapping`."""


localrules:
    all,
    corpus,
    alignment,
    training,
    activations,
    mapping,
    figures,
    calibration,
    report,


rule corpus:
    input:
        targets("corpus"),


rule alignment:
    input:
        targets("alignment"),


rule training:
    input:
        targets("training"),


rule activations:
    input:
        targets("activations"),


rule mapping:
    input:
        targets("mapping"),


rule figures:
    input:
        targets("figures"),


rule calibration:
    input:
        targets("calibration"),


rule report:
    input:
        targets("report"),
