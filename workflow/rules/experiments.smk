"""The same models with other settings, from several seeds, side by side."""

# A cell is a training as any other: what the rules of the models say holds, but for the knobs and
# for where all lies. Cells wait for what takes need.


use rule train_lstm as try_lstm with:
    output:
        **files_of_cell("lstm"),
    log:
        "results/logs/try_lstm/{experiment}/{setting}/{seed}.log",
    benchmark:
        "results/benchmarks/try_lstm/{experiment}/{setting}/{seed}.tsv"
    priority: -1
    params:
        **params_of_cell("lstm"),
    message:
        "Training the lstm for {wildcards.experiment}: {wildcards.setting}, seed {wildcards.seed}"


use rule train_chords as try_chords with:
    output:
        **files_of_cell("chords"),
    log:
        "results/logs/try_chords/{experiment}/{setting}/{seed}.log",
    benchmark:
        "results/benchmarks/try_chords/{experiment}/{setting}/{seed}.tsv"
    priority: -1
    params:
        **params_of_cell("chords"),
    message:
        "Training the chords for {wildcards.experiment}: {wildcards.setting}, seed {wildcards.seed}"


use rule train_vae as try_vae with:
    output:
        **files_of_cell("vae"),
        latents="results/experiments/{experiment}/vae/{setting}/{seed}/latents.npz",
    log:
        "results/logs/try_vae/{experiment}/{setting}/{seed}.log",
    benchmark:
        "results/benchmarks/try_vae/{experiment}/{setting}/{seed}.tsv"
    priority: -1
    params:
        **params_of_cell("vae"),
    message:
        "Training the vae for {wildcards.experiment}: {wildcards.setting}, seed {wildcards.seed}"


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
