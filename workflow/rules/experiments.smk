"""The same models with other settings, from several seeds, side by side.

A cell is a training as any other: what the rules of the models say holds (`use rule train_x as
try_x`), but for the knobs and for where all lies. Cells wait for what takes need.
"""

# The experiments' trainings, as paths below results/experiments.
CELLS = [
    cell for name, experiment in EXPERIMENTS.items() for cell in experiment.cells(name)
]
COMPARED_CELLS = collect("results/experiments/{experiment}.tsv", experiment=EXPERIMENTS)
MADE_CELLS = [
    *collect(
        "results/experiments/{cell}/{file}",
        cell=CELLS,
        file=["model.keras", "metrics.json"],
    ),
    *collect(
        "results/experiments/{cell}/latents.npz",
        cell=[cell for cell in CELLS if CATALOGUE[Path(cell).parts[1]].has_latents],
    ),
    *COMPARED_CELLS,
]


rule compare_settings:
    """Compare an experiment's trainings: a row for each model with each setting."""
    input:
        get_cell_metrics,
    output:
        report(
            "results/experiments/{experiment}.tsv",
            caption="../report/captions/experiment.rst",
            category="Experiments",
            labels={"experiment": "{experiment}"},
        ),
    log:
        "results/logs/compare_settings/{experiment}.log",
    benchmark:
        "results/benchmarks/compare_settings/{experiment}.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(300),
        runtime=per_attempt(5),
    params:
        **code_of("compare_settings.py"),
        base=lambda wildcards: EXPERIMENTS[wildcards.experiment].base,
    message:
        "Comparing the settings of {wildcards.experiment}"
    script:
        "../scripts/compare_settings.py"
