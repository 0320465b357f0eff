"""The takes beside real songs, and the references beside both."""

COMPARED = [*MADE_TAKES, *MADE_REFERENCES]


# No take depends on these: another measure makes nothing anew.
rule compare_takes:
    """Measure how close the models' takes come to the training songs, and held-out songs do."""
    input:
        sequences=SEQUENCES,
        made=collect("results/generated/{take}.json", take=MADE_TAKES),
        rolls=collect("results/generated/{take}.npy", take=COMPARED),
        references=collect("results/generated/{song}.json", song=MADE_REFERENCES),
    output:
        report(
            "results/closeness.json",
            caption="../report/captions/closeness.rst",
            category="Takes",
            labels={"take": "all", "model": "all"},
        ),
    log:
        "results/logs/compare_takes.log",
    benchmark:
        "results/benchmarks/compare_takes.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(500),
        runtime=per_attempt(30),
    params:
        **code_of("compare_takes.py"),
    message:
        "Comparing the takes with the songs"
    script:
        "../scripts/compare_takes.py"


rule find_copies:
    """Find the longest run of notes that each take shares with a training song, at any
    transposition, and what held-out songs share with them."""
    input:
        sequences=SEQUENCES,
        rolls=collect("results/generated/{take}.npy", take=MADE_TAKES),
        made=collect("results/generated/{take}.json", take=MADE_TAKES),
        reference_rolls=collect("results/generated/{song}.npy", song=MADE_REFERENCES),
        references=collect("results/generated/{song}.json", song=MADE_REFERENCES),
    output:
        report(
            "results/copies.json",
            caption="../report/captions/copies.rst",
            category="Takes",
            labels={"take": "all", "model": "all"},
        ),
    log:
        "results/logs/find_copies.log",
    benchmark:
        "results/benchmarks/find_copies.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(500),
        runtime=per_attempt(30),
    params:
        **code_of("find_copies.py"),
    message:
        "Looking for copies in {output}"
    script:
        "../scripts/find_copies.py"
