"""MIDI -> sound -> finished tracks."""


rule render_take:
    """Play a take with the sound font: the dry mix, and each part on its own for the effects."""
    input:
        midi="results/generated/{model}/{take}.mid",
        soundfont=config["render"]["soundfont"],
    output:
        mix="results/audio/{model}/{take}.wav",
        stems="results/audio/{model}/{take}.stems.flac",
    log:
        "results/logs/render_take/{model}/{take}.log",
    benchmark:
        "results/benchmarks/render_take/{model}/{take}.tsv"
    conda:
        "../../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=1000,
    params:
        **code_of("render_take.py"),
        engine=config["render"]["engine"],
    message:
        "Rendering {wildcards.take}"
    script:
        "../scripts/render_take.py"


rule apply_effects:
    """Send each part through its effects, then master the mix: the finished track."""
    input:
        stems="results/audio/{model}/{take}.stems.flac",
        made="results/generated/{model}/{take}.json",
        midi="results/generated/{model}/{take}.mid",
        soundfont=config["render"]["soundfont"],
        files=get_effect_files,
    output:
        wav="results/fx/{model}/{take}.wav",
        mp3="results/fx/{model}/{take}.mp3",
        made="results/fx/{model}/{take}.json",
    log:
        "results/logs/apply_effects/{model}/{take}.log",
    benchmark:
        "results/benchmarks/apply_effects/{model}/{take}.tsv"
    conda:
        "../../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=1500,
    params:
        **code_of("apply_effects.py"),
        loudness=config["effects"]["loudness_lufs"],
        true_peak=config["effects"]["true_peak_dbtp"],
        chains=lambda wildcards: TAKES[wildcards.take].effects["chains"],
        parts=lambda wildcards: TAKES[wildcards.take].effects["parts"],
        master=config["effects"]["master"],
    message:
        "Putting effects on {wildcards.take}"
    script:
        "../scripts/apply_effects.py"


rule list_takes:
    """List the finished tracks with what they are like beside the training songs."""
    input:
        tracks=collect("results/fx/{take}.mp3", take=TRACKS),
        made=collect("results/generated/{take}.json", take=TRACKS),
        metrics=collect("results/models/{model}/metrics.json", model=MODELS),
    output:
        "results/takes.tsv",
    log:
        "results/logs/list_takes.log",
    benchmark:
        "results/benchmarks/list_takes.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=300,
    params:
        **code_of("list_takes.py"),
    message:
        "Listing the takes in {output}"
    script:
        "../scripts/list_takes.py"
