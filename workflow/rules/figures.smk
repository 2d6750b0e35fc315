"""Figures, made from tables: a rule for each that workflow/scripts/declarations/figures.py declares."""

for figure in FIGURES:

    rule:
        name:
            f"draw_{figure.name}"
        input:
            **inputs_of_figure(figure),
        output:
            figure_files(figure),
        log:
            f"{RESULTS}/logs/figures/{file_name(figure)}.log",
        benchmark:
            f"{RESULTS}/benchmarks/figures/{file_name(figure)}.tsv"
        group:
            figure.group
        conda:
            ENVIRONMENT
        resources:
            mem_mb=growing(figure.memory_mb),
            runtime=growing(10),
        params:
            **params_of_figure(figure),
        script:
            "../scripts/draw.py"
