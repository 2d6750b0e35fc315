"""One target a stage, such as `snakemake --cores 2 mapping`; where speech is used, enough of it must be usable."""


rule corpus:
    input:
        targets("corpus"),
    localrule: True


rule alignment:
    input:
        CHECKED,
        targets("alignment"),
    localrule: True


rule training:
    input:
        CHECKED,
        targets("training"),
    localrule: True


rule activations:
    input:
        CHECKED,
        targets("activations"),
    localrule: True


rule introspection:
    input:
        CHECKED,
        targets("introspection"),
    localrule: True


rule mapping:
    input:
        CHECKED,
        targets("mapping"),
    localrule: True


rule figures:
    input:
        CHECKED,
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
