"""The chords: their training, the same for experiments, and their takes."""


rule train_chords:
    """Train the chords: the pitches of the next step together, given all steps before."""
    input:
        SEQUENCES,
    output:
        **files_of_training("chords"),
    log:
        "results/logs/train_chords.log",
    benchmark:
        "results/benchmarks/train_chords.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 2
    resources:
        mem_mb=per_attempt(4000),
        runtime=per_attempt(240),
    params:
        **params_of_training("chords"),
    message:
        "Training the chords, at most {params.knobs[epochs]} epochs"
    script:
        "../scripts/train_chords.py"


use rule train_chords as try_chords with:
    """Train the chords for an experiment: with a setting of its own, from a seed of its own."""
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


rule generate_chords:
    """Let the chords continue a snippet of a song for one take: all its variations together."""
    input:
        **inputs_of_take("chords"),
    output:
        roll="results/generated/chords/{take}.npy",
        made="results/generated/chords/{take}.json",
    log:
        "results/logs/generate_chords/{take}.log",
    benchmark:
        "results/benchmarks/generate_chords/{take}.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(2000),
        runtime=per_attempt(15),
    params:
        **params_of_take("chords"),
    message:
        "Generating {wildcards.take} with the chords"
    script:
        "../scripts/generate_chords.py"
