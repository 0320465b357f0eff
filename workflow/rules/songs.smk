"""The manifest: what became of every song."""


rule list_songs:
    """Gather every song's status into a table; a song that cannot be used is named with the reason."""
    input:
        songs=collect("results/shards/songs/{shard}.tsv", shard=SHARDS),
        statuses=of_songs("results/rolls/{song}.json", "encode_roll"),
    output:
        report(
            "results/songs.tsv",
            caption="../report/captions/songs.rst",
            category="Songs",
        ),
    log:
        "results/logs/list_songs.log",
    benchmark:
        "results/benchmarks/list_songs.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(500),
        runtime=per_attempt(5),
    params:
        **code_of("list_songs.py"),
        songs=[] if SHARDS else [song._asdict() for song in SONGS.values()],
    message:
        "Listing the songs in {output}"
    script:
        "../scripts/list_songs.py"
