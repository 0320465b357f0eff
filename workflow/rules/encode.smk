"""MIDI -> piano rolls -> one set of sequences, and the songs' keys."""


rule encode_roll:
    """Put a song's notes on a grid, of its beats where they can be trusted: a piano roll of what
    sounds and what is struck."""
    input:
        midi="results/midi/{song}.mid",
        status="results/midi/{song}.json",
    output:
        roll="results/rolls/{song}.npy",
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
        **code_of("encode_roll.py"),
        knobs=config["grid"],
    message:
        "Encoding {wildcards.song}"
    script:
        "../scripts/encode_roll.py"


rule pack_sequences:
    """Pack the usable songs' rolls and split them by song; refuse when there is too little."""
    input:
        songs="results/songs.tsv",
        rolls=[f"results/rolls/{song}.npy" for song in SONGS],
        statuses=[f"results/rolls/{song}.json" for song in SONGS],
    output:
        steps="results/sequences/steps.npy",
        echoes="results/sequences/echoes.npy",
        bars="results/sequences/bars.npy",
        velocities="results/sequences/velocities.npy",
        drums="results/sequences/drums.npy",
        index="results/sequences/index.json",
    log:
        "results/logs/pack_sequences.log",
    benchmark:
        "results/benchmarks/pack_sequences.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(500),
        runtime=per_attempt(30),
    params:
        **code_of("pack_sequences.py"),
        songs=list(SONGS),
        steps_per_second=nominal_rate(config["grid"]),
        knobs=config["sequences"],
    message:
        "Packing the songs for training"
    script:
        "../scripts/pack_sequences.py"


# No model depends on the keys, or another way to find them would train anew.
rule find_keys:
    """Find the key and the scale of every usable song, for takes that keep to them."""
    input:
        songs="results/songs.tsv",
        rolls=[f"results/rolls/{song}.npy" for song in SONGS],
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
        songs=list(SONGS),
    message:
        "Finding the songs' keys"
    script:
        "../scripts/find_keys.py"
