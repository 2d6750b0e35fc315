"""Slow jobs that say in one file when they begin and end, and for which run ($RUN); each is made from parameters.txt."""

configfile: "config.yaml"


include: "../../workflow/rules/common.smk"


PARAMETERS = Path("parameters.txt").read_text().strip()


rule witnesses:
    default_target: True
    localrule: True
    input:
        expand("witness/second.{number}", number=[1, 2, 3]),


rule first:
    output:
        "witness/first",
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        made_from=PARAMETERS,
    shell:
        "echo first $RUN {params.made_from} >> witnessed.txt; echo {params.made_from} > {output}"


rule second:
    input:
        "witness/first",
    output:
        "witness/second.{number}",
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    shell:
        "echo begin $RUN >> witnessed.txt; sleep 8; cp {input} {output}; echo end $RUN >> witnessed.txt"
