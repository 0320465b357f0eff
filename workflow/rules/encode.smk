"""MIDI -> piano rolls -> one set of sequences, and the songs' keys."""

from mathrock.config.settings import nominal_rate

ENCODING = {**code_of("encode_roll.py"), "knobs": config["grid"]}


rule encode_roll:
    """Put a song's notes on a grid, of its beats where they can be trusted: a piano roll of what
    sounds and what is struck."""
    input:
        midi="results/midi/{song}.mid",
        status="results/midi/{song}.json",
    output:
        roll="results/rolls/{song}.npy",
        packed="results/rolls/{song}.npz",
        status="results/rolls/{song}.json",
    log:
        "results/logs/encode_roll/{song}.log",
    benchmark:
        "results/benchmarks/encode_roll/{song}.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(500),
        runtime=per_attempt(5),
    params:
        **ENCODING,
        song=get_song,
        stamp=stamp_of("encode_roll", "create_notes", "import_score"),
    message:
        "Encoding {wildcards.song}"
    script:
        "../scripts/encode_roll.py"


rule pack_shard:
    """Write the usable songs of a shard, or all of them, one after another into a few files."""
    input:
        packed=get_packed("packed"),
        statuses=get_packed("status"),
    output:
        steps="results/sequences/{shard}/steps.npy",
        echoes="results/sequences/{shard}/echoes.npy",
        bars="results/sequences/{shard}/bars.npy",
        velocities="results/sequences/{shard}/velocities.npy",
        drums="results/sequences/{shard}/drums.npy",
        songs="results/sequences/{shard}/songs.json",
    log:
        "results/logs/pack_shard/{shard}.log",
    benchmark:
        "results/benchmarks/pack_shard/{shard}.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(500),
        runtime=per_attempt(30),
    params:
        **code_of("pack_shard.py"),
        steps_per_second=nominal_rate(config["grid"]),
    message:
        "Packing the songs for training ({wildcards.shard})"
    script:
        "../scripts/pack_shard.py"


rule index_sequences:
    """Split the packed songs by song, and say what is usual of them; refuse when there is too little."""
    input:
        songs="results/songs.tsv",
        shards=collect("results/sequences/{shard}/songs.json", shard=PACKED),
        files=collect(
            "results/sequences/{shard}/{file}",
            shard=PACKED,
            file=["steps.npy", "bars.npy"],
        ),
    output:
        "results/sequences/index.json",
    log:
        "results/logs/index_sequences.log",
    benchmark:
        "results/benchmarks/index_sequences.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(2000),
        runtime=per_attempt(30),
    params:
        **code_of("index_sequences.py"),
        steps_per_second=nominal_rate(config["grid"]),
        knobs=config["sequences"],
    message:
        "Sharing out the songs for training"
    script:
        "../scripts/index_sequences.py"


# No model depends on the keys, or another way to find them would train anew.
rule find_keys:
    """Find the key and the scale of every usable song, for takes that keep to them."""
    input:
        songs="results/songs.tsv",
        rolls=of_songs("results/rolls/{song}.npy", "encode_roll"),
        found_keys=collect("results/shards/find_key/{shard}.tsv", shard=SHARDS),
    output:
        report(
            "results/keys.tsv",
            caption="../report/captions/keys.rst",
            category="Songs",
        ),
    log:
        "results/logs/find_keys.log",
    benchmark:
        "results/benchmarks/find_keys.tsv"
    priority: 1
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(500),
        runtime=per_attempt(30),
    params:
        **code_of("find_keys.py"),
    message:
        "Finding the songs' keys"
    script:
        "../scripts/find_keys.py"
