"""Takes beside songs: what they share."""


rule find_copies:
    """Find the longest run of notes that each take shares with a training song, at any
    transposition, and what held-out songs share with them."""
    input:
        sequences=SEQUENCES,
        rolls=collect("results/generated/{take}.npy", take=MADE_TAKES),
        made=collect("results/generated/{take}.json", take=MADE_TAKES),
        reference_rolls=[],
        references=[],
    output:
        "results/copies.json",
    log:
        "results/logs/find_copies.log",
    benchmark:
        "results/benchmarks/find_copies.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=500,
    params:
        **code_of("find_copies.py"),
    message:
        "Looking for copies in {output}"
    script:
        "../scripts/find_copies.py"
