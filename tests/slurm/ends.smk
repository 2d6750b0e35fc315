"""Jobs that end in other ways than they should, with the resources and the profile of the workflow."""

configfile: "config.yaml"


include: "../../workflow/rules/common.smk"


rule ends:
    default_target: True
    localrule: True
    input:
        expand("ends/{name}", name=["cancelled", "hungry", "slow", "broken"]),


rule cancelled:
    output:
        touch("ends/cancelled"),
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
        attempt=lambda wildcards, attempt: attempt,
    shell:
        "if [ {resources.attempt} = 1 ]; then scancel $SLURM_JOB_ID; sleep 60; fi"


rule hungry:
    output:
        touch("ends/hungry"),
    resources:
        mem_mb=growing(900),
        runtime=growing(10),
    shell:
        "python3 -c 'import time; held = bytearray(b\"x\") * 1_000_000_000; time.sleep(10)'"


rule slow:
    output:
        touch("ends/slow"),
    resources:
        mem_mb=growing(1000),
        runtime=growing(1),
        attempt=lambda wildcards, attempt: attempt,
    shell:
        "if [ {resources.attempt} = 1 ]; then sleep 300; fi"


rule broken:
    output:
        touch("ends/broken"),
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    shell:
        "exit 3"
