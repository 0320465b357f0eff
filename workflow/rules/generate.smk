"""Models -> new songs as piano rolls and MIDI. Each model has a rule of its own for its takes."""


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
