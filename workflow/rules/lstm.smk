"""The LSTM: its training, the same for experiments, and its takes."""


rule train_lstm:
    """Train the LSTM: each pitch of the next step by itself, given all steps before."""
    input:
        SEQUENCES,
    output:
        **files_of_training("lstm"),
    log:
        "results/logs/train_lstm.log",
    benchmark:
        "results/benchmarks/train_lstm.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 2
    resources:
        mem_mb=per_attempt(4000),
        runtime=per_attempt(240),
    params:
        **params_of_training("lstm"),
    message:
        "Training the lstm, at most {params.knobs[epochs]} epochs"
    script:
        "../scripts/train_lstm.py"


use rule train_lstm as try_lstm with:
    """Train the LSTM for an experiment: with a setting of its own, from a seed of its own."""
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


rule generate_lstm:
    """Let the LSTM continue a snippet of a song for one take: all its variations together."""
    input:
        **inputs_of_take("lstm"),
    output:
        roll="results/generated/lstm/{take}.npy",
        made="results/generated/lstm/{take}.json",
    log:
        "results/logs/generate_lstm/{take}.log",
    benchmark:
        "results/benchmarks/generate_lstm/{take}.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(2000),
        runtime=per_attempt(15),
    params:
        **params_of_take("lstm"),
    message:
        "Generating {wildcards.take} with the lstm"
    script:
        "../scripts/generate_lstm.py"
