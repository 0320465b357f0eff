"""Sequences -> models: one rule a kind of model, so that each follows its own code."""


rule train_lstm:
    """Train the LSTM: each pitch and plane of the next step as a coin, given all steps before."""
    input:
        steps="results/sequences/steps.npy",
        index="results/sequences/index.json",
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
