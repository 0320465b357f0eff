"""Models -> new songs as piano rolls and MIDI."""


# No model depends on the takes, or a new take would train them anew: it is the priority that lets
# this job speak before the hours of training, not a dependency. (One marked as `ancient` would hide
# from Snakemake 9.27 other reasons to run what comes after it.)
rule choose_snippets:
    """Choose what each take continues; refuse a take that does not fit its song."""
    input:
        sequences=SEQUENCES,
        found_keys="results/keys.tsv",
    output:
        "results/sequences/snippets.tsv",
    log:
        "results/logs/choose_snippets.log",
    benchmark:
        "results/benchmarks/choose_snippets.tsv"
    priority: 1
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(300),
        runtime=per_attempt(10),
    params:
        **code_of("choose_snippets.py"),
        takes={name: take.knobs_of(*take.models) for name, take in TAKES.items()},
    message:
        "Choosing the takes' snippets"
    script:
        "../scripts/choose_snippets.py"


# What a take continues is chosen anew here, by the same function, and not read from snippets.tsv:
# Snakemake runs what depends on a job that runs, so that one edited take would make all takes stale.
rule generate_lstm:
    """Let the LSTM continue a snippet of a song for one take: all its variations together."""
    input:
        model="results/models/lstm/model.keras",
        sequences=[*SEQUENCES, *PLAYED],
        found_keys="results/keys.tsv",
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
        **code_of("generate_lstm.py"),
        knobs=lambda wildcards: TAKES[wildcards.take].knobs_of("lstm"),
    message:
        "Generating {wildcards.take} with the lstm"
    script:
        "../scripts/generate_lstm.py"


rule generate_chords:
    """Let the chords continue a snippet of a song for one take: all its variations together."""
    input:
        model="results/models/chords/model.keras",
        sequences=[*SEQUENCES, *PLAYED],
        found_keys="results/keys.tsv",
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
        **code_of("generate_chords.py"),
        knobs=lambda wildcards: TAKES[wildcards.take].knobs_of("chords"),
    message:
        "Generating {wildcards.take} with the chords"
    script:
        "../scripts/generate_chords.py"


rule generate_vae:
    """Let the VAE play a path through its space for one take: all its variations together."""
    input:
        model="results/models/vae/model.keras",
        latents="results/models/vae/latents.npz",
        sequences=[*SEQUENCES, *PLAYED],
        found_keys="results/keys.tsv",
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
        **code_of("generate_vae.py"),
        knobs=lambda wildcards: TAKES[wildcards.take].knobs_of("vae"),
    message:
        "Generating {wildcards.take} with the vae"
    script:
        "../scripts/generate_vae.py"


rule decode_take:
    """Write a track as MIDI for a DAW: parts by pitch range, tempo, metre, accents."""
    input:
        roll=get_take_file("npy"),
        made=get_take_file("json"),
    output:
        "results/generated/{model}/{track}.mid",
    log:
        "results/logs/decode_take/{model}/{track}.log",
    benchmark:
        "results/benchmarks/decode_take/{model}/{track}.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(300),
        runtime=per_attempt(5),
    params:
        **code_of("decode_take.py"),
        variation=get_variation,
        knobs=config["decode"],
    message:
        "Writing {output}"
    script:
        "../scripts/decode_take.py"
