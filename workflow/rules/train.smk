"""Sequences -> models: one rule a kind of model, so that each follows its own code."""


rule train_lstm:
    """Train the LSTM: each pitch of the next step by itself, given all steps before."""
    input:
        SEQUENCES,
    output:
        model="results/models/lstm/model.keras",
        history="results/models/lstm/history.csv",
        metrics="results/models/lstm/metrics.json",
    log:
        "results/logs/train_lstm.log",
    benchmark:
        "results/benchmarks/train_lstm.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 2
    resources:
        mem_mb=4000,
    params:
        **code_of("train_lstm.py"),
        knobs=config["models"]["lstm"],
        checkpoints="results/models/lstm/checkpoints",
        tensorboard="results/models/lstm/tensorboard",
    message:
        "Training the lstm, at most {params.knobs[epochs]} epochs"
    script:
        "../scripts/train_lstm.py"


rule train_chords:
    """Train the chords: the pitches of the next step together, given all steps before."""
    input:
        SEQUENCES,
    output:
        model="results/models/chords/model.keras",
        history="results/models/chords/history.csv",
        metrics="results/models/chords/metrics.json",
    log:
        "results/logs/train_chords.log",
    benchmark:
        "results/benchmarks/train_chords.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 2
    resources:
        mem_mb=4000,
    params:
        **code_of("train_chords.py"),
        knobs=config["models"]["chords"],
        checkpoints="results/models/chords/checkpoints",
        tensorboard="results/models/chords/tensorboard",
    message:
        "Training the chords, at most {params.knobs[epochs]} epochs"
    script:
        "../scripts/train_chords.py"
