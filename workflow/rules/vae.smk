"""The VAE: its training, the same for experiments, what its space is worth, and its takes."""


rule train_vae:
    """Train the VAE: windows of songs as points in a space, and back."""
    input:
        SEQUENCES,
    output:
        **files_of_training("vae"),
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
        **params_of_training("vae"),
    message:
        "Training the vae, at most {params.knobs[epochs]} epochs"
    script:
        "../scripts/train_vae.py"


use rule train_vae as try_vae with:
    """Train the VAE for an experiment: with a setting of its own, from a seed of its own."""
    output:
        **files_of_cell("vae"),
    log:
        "results/logs/try_vae/{experiment}/{setting}/{seed}.log",
    benchmark:
        "results/benchmarks/try_vae/{experiment}/{setting}/{seed}.tsv"
    priority: -1
    params:
        **params_of_cell("vae"),
    message:
        "Training the vae for {wildcards.experiment}: {wildcards.setting}, seed {wildcards.seed}"


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


rule generate_vae:
    """Let the VAE play a path through its space for one take: all its variations together."""
    input:
        **inputs_of_take("vae"),
    output:
        roll="results/generated/vae/{take}.npy",
        made="results/generated/vae/{take}.json",
    log:
        "results/logs/generate_vae/{take}.log",
    benchmark:
        "results/benchmarks/generate_vae/{take}.tsv"
    conda:
        "../../envs/model.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(2000),
        runtime=per_attempt(15),
    params:
        **params_of_take("vae"),
    message:
        "Generating {wildcards.take} with the vae"
    script:
        "../scripts/generate_vae.py"
