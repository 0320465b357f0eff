"""Sequences -> models: one rule a kind of model, so that each follows its own code."""


rule train_lstm:
    """Train the LSTM: each pitch of the next step by itself, given all steps before."""
    input:
        SEQUENCES,
    output:
        model="results/models/lstm/model.keras",
        history=report(
            "results/models/lstm/history.csv",
            caption="../report/captions/history.rst",
            category="Models",
            labels={"model": "lstm", "what": "history"},
        ),
        metrics=report(
            "results/models/lstm/metrics.json",
            caption="../report/captions/metrics.rst",
            category="Models",
            labels={"model": "lstm", "what": "metrics"},
        ),
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
        history=report(
            "results/models/chords/history.csv",
            caption="../report/captions/history.rst",
            category="Models",
            labels={"model": "chords", "what": "history"},
        ),
        metrics=report(
            "results/models/chords/metrics.json",
            caption="../report/captions/metrics.rst",
            category="Models",
            labels={"model": "chords", "what": "metrics"},
        ),
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
        **code_of("train_chords.py"),
        knobs=config["models"]["chords"],
        checkpoints="results/models/chords/checkpoints",
        tensorboard="results/models/chords/tensorboard",
    message:
        "Training the chords, at most {params.knobs[epochs]} epochs"
    script:
        "../scripts/train_chords.py"


rule train_vae:
    """Train the VAE: windows of songs as points in a space, and back."""
    input:
        SEQUENCES,
    output:
        model="results/models/vae/model.keras",
        latents="results/models/vae/latents.npz",
        history=report(
            "results/models/vae/history.csv",
            caption="../report/captions/history.rst",
            category="Models",
            labels={"model": "vae", "what": "history"},
        ),
        metrics=report(
            "results/models/vae/metrics.json",
            caption="../report/captions/metrics.rst",
            category="Models",
            labels={"model": "vae", "what": "metrics"},
        ),
    log:
        "results/logs/train_vae.log",
    benchmark:
        "results/benchmarks/train_vae.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 2
    resources:
        mem_mb=per_attempt(4000),
        runtime=per_attempt(240),
    params:
        **code_of("train_vae.py"),
        knobs=config["models"]["vae"],
        checkpoints="results/models/vae/checkpoints",
        tensorboard="results/models/vae/tensorboard",
    message:
        "Training the vae, at most {params.knobs[epochs]} epochs"
    script:
        "../scripts/train_vae.py"


# Not a part of the training: another way of sampling would train anew.
rule examine_vae:
    """Measure how windows come back, how smooth ways are, and whether windows have seams."""
    input:
        model="results/models/vae/model.keras",
        latents="results/models/vae/latents.npz",
        sequences=SEQUENCES,
    output:
        "results/models/vae/space.json",
    log:
        "results/logs/examine_vae.log",
    benchmark:
        "results/benchmarks/examine_vae.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(2000),
        runtime=per_attempt(30),
    params:
        **code_of("examine_vae.py"),
    message:
        "Examining the vae's space"
    script:
        "../scripts/examine_vae.py"
