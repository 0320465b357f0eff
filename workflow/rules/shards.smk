"""Songs by the thousand: the steps of transcribe.smk and encode.smk, a job for all songs of a shard.

A song's artifacts are the same bytes at the same places; what a shard's rule writes is a table of
them. Within a shard only the songs are done that have to be: see `mathrock.songs.shards.jobs`.
"""

from mathrock.songs.shards.lists import shard_of
from mathrock.songs.song import AUDIO_FORMATS, FORMATS, SCORE_FORMATS


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
        runtime=per_attempt(minutes_of(2)),
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
        runtime=per_attempt(minutes_of(16)),
    params:
        **code_of("make_shard.py"),
        step=step_of("hear_song", HEARING, AUDIO_FORMATS),
    message:
        "Listening to songs (shard {wildcards.shard})"
    script:
        "../scripts/make_shard.py"


use rule hear_shard as track_shard with:
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
    resources:
        mem_mb=per_attempt(1000),
        runtime=per_attempt(minutes_of(6)),
    params:
        step=step_of("track_beats", BEAT_TRACKING, AUDIO_FORMATS),
    message:
        "Tracking beats (shard {wildcards.shard})"


use rule hear_shard as note_shard with:
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
    resources:
        mem_mb=per_attempt(1000),
        runtime=per_attempt(minutes_of(4)),
    params:
        step=step_of("create_notes", NOTE_CREATION, AUDIO_FORMATS),
    message:
        "Writing down notes (shard {wildcards.shard})"


use rule hear_shard as import_shard with:
    """Take the songs of a shard that are scores, such as MIDI, as they are."""
    input:
        songs="results/shards/songs/{shard}.tsv",
    output:
        "results/shards/import_score/{shard}.tsv",
    log:
        "results/logs/import_shard/{shard}.log",
    benchmark:
        "results/benchmarks/import_shard/{shard}.tsv"
    resources:
        mem_mb=per_attempt(300),
        runtime=per_attempt(minutes_of(2)),
    params:
        step=step_of("import_score", SCORE_IMPORT, SCORE_FORMATS),
    message:
        "Taking in scores (shard {wildcards.shard})"


use rule hear_shard as encode_shard with:
    """Put the notes of a shard's songs on a grid: piano rolls, also packed for training."""
    input:
        songs="results/shards/songs/{shard}.tsv",
        made=[
            "results/shards/create_notes/{shard}.tsv",
            "results/shards/import_score/{shard}.tsv",
        ],
    output:
        "results/shards/encode_roll/{shard}.tsv",
    log:
        "results/logs/encode_shard/{shard}.log",
    benchmark:
        "results/benchmarks/encode_shard/{shard}.tsv"
    resources:
        mem_mb=per_attempt(500),
        runtime=per_attempt(minutes_of(2)),
    params:
        step=step_of("encode_roll", ENCODING, FORMATS),
    message:
        "Encoding songs (shard {wildcards.shard})"


use rule hear_shard as key_shard with:
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
    resources:
        mem_mb=per_attempt(500),
        runtime=per_attempt(minutes_of(2)),
    params:
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


use rule hear_shard as preview_shard with:
    """Make what the page plays and shows of the songs of a shard, of as many as it does so."""
    input:
        songs="results/shards/songs/{shard}.tsv",
        made=[
            "results/shards/create_notes/{shard}.tsv",
            "results/shards/import_score/{shard}.tsv",
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
    resources:
        mem_mb=per_attempt(1000),
        runtime=per_attempt(minutes_of(10)),
    params:
        step=lambda wildcards: step_of(
            "preview_song",
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
