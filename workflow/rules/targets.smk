"""One target a stage, such as `snakemake --cores 2 mapping`."""


rule corpus:
    input:
        targets("corpus"),
    localrule: True


rule alignment:
    input:
        targets("alignment"),
    localrule: True


rule training:
    input:
        targets("training"),
    localrule: True


rule activations:
    input:
        targets("activations"),
    localrule: True


rule introspection:
    input:
        targets("introspection"),
    localrule: True


rule mapping:
    input:
        targets("mapping"),
    localrule: True


rule figures:
    input:
        targets("figures"),
    localrule: True


rule calibration:
    input:
        targets("calibration"),
    localrule: True


rule report:
    input:
        targets("report"),
    localrule: True
