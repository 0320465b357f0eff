"""The takes beside real songs."""


# No take depends on it: another measure makes nothing anew.
rule compare_takes:
    """Measure how close the models' takes come to the training songs, and held-out songs do."""
    input:
        sequences=SEQUENCES,
        made=collect("results/generated/{take}.json", take=MADE_TAKES),
        rolls=collect("results/generated/{take}.npy", take=MADE_TAKES),
        references=[],
    output:
        "results/closeness.json",
    log:
        "results/logs/compare_takes.log",
    benchmark:
        "results/benchmarks/compare_takes.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=500,
    params:
        **code_of("compare_takes.py"),
    message:
        "Comparing the takes with the songs"
    script:
        "../scripts/compare_takes.py"
