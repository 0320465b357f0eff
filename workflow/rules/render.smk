"""MIDI -> sound -> finished tracks."""

TRACK_MODELS = "|".join([*config["models"], REFERENCE_MODEL])


rule render_take:
    """Play a track with the sound font: the dry mix, and each part on its own for the effects."""
    input:
        midi="results/generated/{model}/{track}.mid",
        soundfont=SOUNDFONT_INPUT,
    output:
        mix="results/audio/{model}/{track}.wav",
        stems="results/audio/{model}/{track}.stems.flac",
    log:
        "results/logs/render_take/{model}/{track}.log",
    benchmark:
        "results/benchmarks/render_take/{model}/{track}.tsv"
    wildcard_constraints:
        model=TRACK_MODELS,
    conda:
        "../../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1000),
        runtime=per_attempt(10),
    params:
        **code_of("render_take.py"),
        **SOUNDFONT_PARAMS,
        engine=config["render"]["engine"],
    message:
        "Rendering {wildcards.model}/{wildcards.track}"
    script:
        "../scripts/render_take.py"


rule apply_effects:
    """Send each part through its effects, then master the mix: the finished track."""
    input:
        stems="results/audio/{model}/{track}.stems.flac",
        made=get_take_file("json"),
        midi="results/generated/{model}/{track}.mid",
        soundfont=SOUNDFONT_INPUT,
        files=get_effect_files,
    output:
        wav="results/fx/{model}/{track}.wav",
        mp3=report(
            "results/fx/{model}/{track}.mp3",
            caption="../report/captions/track.rst",
            category="Takes",
            labels={"take": "{track}", "model": "{model}"},
        ),
        made="results/fx/{model}/{track}.json",
    log:
        "results/logs/apply_effects/{model}/{track}.log",
    benchmark:
        "results/benchmarks/apply_effects/{model}/{track}.tsv"
    wildcard_constraints:
        model=TRACK_MODELS,
    conda:
        "../../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1500),
        runtime=per_attempt(10),
    params:
        **code_of("apply_effects.py"),
        **SOUNDFONT_PARAMS,
        variation=get_variation,
        loudness=config["effects"]["loudness_lufs"],
        true_peak=config["effects"]["true_peak_dbtp"],
        chains=lambda wildcards: get_effects(wildcards)["chains"],
        parts=lambda wildcards: get_effects(wildcards)["parts"],
        master=config["effects"]["master"],
    message:
        "Putting effects on {wildcards.model}/{wildcards.track}"
    script:
        "../scripts/apply_effects.py"


rule list_takes:
    """List the finished tracks with what they are like beside the training songs."""
    input:
        tracks=collect("results/fx/{track}.mp3", track=MADE_TRACKS),
        made=collect("results/generated/{take}.json", take=MADE_TAKES),
        metrics=collect("results/models/{model}/metrics.json", model=MODELS),
    output:
        report(
            "results/takes.tsv",
            caption="../report/captions/takes.rst",
            category="Takes",
            labels={"take": "all", "model": "all"},
        ),
    log:
        "results/logs/list_takes.log",
    benchmark:
        "results/benchmarks/list_takes.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(300),
        runtime=per_attempt(5),
    params:
        **code_of("list_takes.py"),
    message:
        "Listing the takes in {output}"
    script:
        "../scripts/list_takes.py"
