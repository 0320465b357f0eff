"""Songs by the thousand: the steps of transcribe.smk and encode.smk, a job for all songs of a shard.

A song's artifacts are the same bytes at the same places; what a shard's rule writes is a table of
them. Within a shard only the songs are done that have to be: see `mathrock.songs.shards.jobs`.
"""


rule digest_shard:
    """Tell which songs of a shard have changed: a file that only got another time has not."""
    input:
        songs="results/shards/lists/{shard}.tsv",
        recordings=[song.path for song in SONGS.values()] if IS_DEMO else [],
    output:
        "results/shards/songs/{shard}.tsv",
    log:
        "results/logs/digest_shard/{shard}.log",
    benchmark:
        "results/benchmarks/digest_shard/{shard}.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(300),
        runtime=per_attempt(minutes_of_shard(2)),
    params:
        **code_of("digest_shard.py"),
        known="results/shards/digests/{shard}.tsv",
    message:
        "Looking for changed songs (shard {wildcards.shard})"
    script:
        "../scripts/digest_shard.py"


rule hear_shard:
    """Run Basic Pitch's model, loaded once, on the recordings of a shard."""
    input:
        songs="results/shards/songs/{shard}.tsv",
        listener="results/models/basic-pitch.onnx",
    output:
        "results/shards/hear_song/{shard}.tsv",
    log:
        "results/logs/hear_shard/{shard}.log",
    benchmark:
        "results/benchmarks/hear_shard/{shard}.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1500),
        runtime=per_attempt(minutes_of_shard(16)),
    params:
        **code_of("make_shard.py"),
        step=shard_step("hear_song", rules.hear_song, HEARING, AUDIO_FORMATS),
    message:
        "Listening to songs (shard {wildcards.shard})"
    script:
        "../scripts/make_shard.py"


rule track_shard:
    """Find the beats, bars and drums of the recordings of a shard."""
    input:
        songs="results/shards/songs/{shard}.tsv",
        made=[
            "results/shards/hear_song/{shard}.tsv",
        ],
    output:
        "results/shards/track_beats/{shard}.tsv",
    log:
        "results/logs/track_shard/{shard}.log",
    benchmark:
        "results/benchmarks/track_shard/{shard}.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1000),
        runtime=per_attempt(minutes_of_shard(6)),
    params:
        **code_of("make_shard.py"),
        step=shard_step("track_beats", rules.track_beats, BEAT_TRACKING, AUDIO_FORMATS),
    message:
        "Tracking beats (shard {wildcards.shard})"
    script:
        "../scripts/make_shard.py"


rule note_shard:
    """Turn what was heard in the recordings of a shard into notes."""
    input:
        songs="results/shards/songs/{shard}.tsv",
        made=[
            "results/shards/hear_song/{shard}.tsv",
            "results/shards/track_beats/{shard}.tsv",
        ],
    output:
        "results/shards/create_notes/{shard}.tsv",
    log:
        "results/logs/note_shard/{shard}.log",
    benchmark:
        "results/benchmarks/note_shard/{shard}.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1000),
        runtime=per_attempt(minutes_of_shard(4)),
    params:
        **code_of("make_shard.py"),
        step=shard_step(
            "create_notes", rules.create_notes, NOTE_CREATION, AUDIO_FORMATS
        ),
    message:
        "Writing down notes (shard {wildcards.shard})"
    script:
        "../scripts/make_shard.py"


rule import_shard:
    """Take the songs of a shard that are MIDI already as they are."""
    input:
        songs="results/shards/songs/{shard}.tsv",
    output:
        "results/shards/import_midi/{shard}.tsv",
    log:
        "results/logs/import_shard/{shard}.log",
    benchmark:
        "results/benchmarks/import_shard/{shard}.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(300),
        runtime=per_attempt(minutes_of_shard(2)),
    params:
        **code_of("make_shard.py"),
        step=shard_step("import_midi", rules.import_midi, MIDI_IMPORT, MIDI_FORMATS),
    message:
        "Taking in MIDI (shard {wildcards.shard})"
    script:
        "../scripts/make_shard.py"


rule encode_shard:
    """Put the notes of a shard's songs on a grid: piano rolls, also packed for training."""
    input:
        songs="results/shards/songs/{shard}.tsv",
        made=[
            "results/shards/create_notes/{shard}.tsv",
            "results/shards/import_midi/{shard}.tsv",
        ],
    output:
        "results/shards/encode_roll/{shard}.tsv",
    log:
        "results/logs/encode_shard/{shard}.log",
    benchmark:
        "results/benchmarks/encode_shard/{shard}.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(500),
        runtime=per_attempt(minutes_of_shard(2)),
    params:
        **code_of("make_shard.py"),
        step=shard_step("encode_roll", rules.encode_roll, ENCODING, FORMATS),
    message:
        "Encoding songs (shard {wildcards.shard})"
    script:
        "../scripts/make_shard.py"


rule key_shard:
    """Find the key and the scale of each song of a shard."""
    input:
        songs="results/shards/songs/{shard}.tsv",
        made=["results/shards/encode_roll/{shard}.tsv"],
    output:
        "results/shards/find_key/{shard}.tsv",
    log:
        "results/logs/key_shard/{shard}.log",
    benchmark:
        "results/benchmarks/key_shard/{shard}.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(500),
        runtime=per_attempt(minutes_of_shard(2)),
    params:
        **code_of("make_shard.py"),
        step={
            "name": "find_key",
            "inputs": {"roll": "results/rolls/{song}.npy"},
            "outputs": {"keys": "results/keys/{song}.tsv"},
            "params": code_of("find_keys.py"),
            "formats": FORMATS,
            "stamps": "results/shards/stamps/find_key",
        },
    message:
        "Finding keys (shard {wildcards.shard})"
    script:
        "../scripts/make_shard.py"


rule preview_shard:
    """Make what the page plays and shows of the songs of a shard, of as many as it does so."""
    input:
        songs="results/shards/songs/{shard}.tsv",
        made=[
            "results/shards/create_notes/{shard}.tsv",
            "results/shards/import_midi/{shard}.tsv",
        ],
        soundfont=SOUNDFONT_INPUT,
    output:
        "results/shards/preview_song/{shard}.tsv",
    log:
        "results/logs/preview_shard/{shard}.log",
    benchmark:
        "results/benchmarks/preview_shard/{shard}.tsv"
    conda:
        "../../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1000),
        runtime=per_attempt(minutes_of_shard(10)),
    params:
        **code_of("make_shard.py"),
        step=lambda wildcards: shard_step(
            "preview_song",
            rules.preview_song,
            PREVIEWING,
            FORMATS,
            songs=[
                song
                for song in HEARD_SONGS
                if shard_of(song, len(SHARDS)) == wildcards.shard
            ],
        ),
    message:
        "Previewing songs (shard {wildcards.shard})"
    script:
        "../scripts/make_shard.py"
