"""Models -> new songs as piano rolls and MIDI."""


rule generate_lstm:
    """Let the LSTM continue a snippet of a song for one take."""
    input:
        model="results/models/lstm/model.keras",
        steps="results/sequences/steps.npy",
        index="results/sequences/index.json",
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
        mem_mb=2000,
    params:
        **code_of("generate_lstm.py"),
        knobs=lambda wildcards: TAKES[wildcards.take].knobs,
    message:
        "Generating {wildcards.take}"
    script:
        "../scripts/generate_lstm.py"


rule decode_take:
    """Write a take as MIDI for a DAW: parts by pitch range, tempo, metre, accents."""
    input:
        roll="results/generated/{model}/{take}.npy",
        made="results/generated/{model}/{take}.json",
    output:
        "results/generated/{model}/{take}.mid",
    log:
        "results/logs/decode_take/{model}/{take}.log",
    benchmark:
        "results/benchmarks/decode_take/{model}/{take}.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=300,
    params:
        **code_of("decode_take.py"),
        knobs=config["decode"],
    message:
        "Writing {output}"
    script:
        "../scripts/decode_take.py"
