"""Recording -> what is heard, its beats -> MIDI."""

RECORDINGS = [song.id for song in SONGS.values() if not song.is_score]
SCORES = [song.id for song in SONGS.values() if song.is_score]
# What the steps' results depend on beside files, of a song's own job and of a shard's.
HEARING = code_of("hear_song.py")
BEAT_TRACKING = {
    **code_of("track_beats.py"),
    **shipped(rhythm="data/listener/rhythm.npz"),
    "drums": config["transcription"]["drums"],
}
NOTE_CREATION = {
    **code_of("create_notes.py"),
    **shipped(note_filter="data/listener/note_filter.npz"),
    "knobs": {
        knob: value
        for knob, value in config["transcription"].items()
        if knob not in ("drums", "quantise")
    },
    "quantise": config["transcription"]["quantise"],
    "least_confidence": config["grid"]["least_confidence"],
}
SCORE_IMPORT = code_of("import_score.py")


rule prepare_listener:
    """Rewrite Basic Pitch's model to give the same values in less than half the time."""
    output:
        "results/models/basic-pitch.onnx",
    log:
        "results/logs/prepare_listener.log",
    benchmark:
        "results/benchmarks/prepare_listener.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(500),
        runtime=per_attempt(10),
    params:
        **code_of("prepare_listener.py"),
    message:
        "Preparing Basic Pitch's model"
    script:
        "../scripts/prepare_listener.py"


rule hear_song:
    """Run Basic Pitch's model on a recording and keep all that it hears, so that other thresholds
    cost no new inference. A recording that cannot be used leaves empty activations and a reason.
    """
    input:
        song=get_song_file,
        listener="results/models/basic-pitch.onnx",
    output:
        activations="results/activations/{song}.npz",
        spectrum="results/spectra/{song}.npy",
        status="results/activations/{song}.json",
    log:
        "results/logs/hear_song/{song}.log",
    benchmark:
        "results/benchmarks/hear_song/{song}.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1500),
        runtime=per_attempt(15),
    params:
        **HEARING,
        song=get_song,
        stamp=stamp_of("hear_song", shared=["listener"]),
    message:
        "Listening to {wildcards.song}"
    script:
        "../scripts/hear_song.py"


rule track_beats:
    """Find the beats, bars and drums of a recording."""
    input:
        spectrum="results/spectra/{song}.npy",
    output:
        beats="results/beats/{song}.tsv",
        hits="results/beats/{song}.drums.tsv",
    log:
        "results/logs/track_beats/{song}.log",
    benchmark:
        "results/benchmarks/track_beats/{song}.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1000),
        runtime=per_attempt(10),
    params:
        **BEAT_TRACKING,
        song=get_song,
        stamp=stamp_of("track_beats", "hear_song"),
    message:
        "Tracking the beats of {wildcards.song}"
    script:
        "../scripts/track_beats.py"


rule create_notes:
    """Turn what was heard into notes: a song's MIDI, from probabilities and thresholds."""
    input:
        activations="results/activations/{song}.npz",
        status="results/activations/{song}.json",
        beats="results/beats/{song}.tsv",
        hits="results/beats/{song}.drums.tsv",
    output:
        midi="results/midi/{song}.mid",
        status="results/midi/{song}.json",
    log:
        "results/logs/create_notes/{song}.log",
    benchmark:
        "results/benchmarks/create_notes/{song}.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1000),
        runtime=per_attempt(10),
    params:
        **NOTE_CREATION,
        song=get_song,
        stamp=stamp_of("create_notes", "hear_song", "track_beats"),
    message:
        "Writing down the notes of {wildcards.song}"
    script:
        "../scripts/create_notes.py"


rule import_score:
    """Take a song that is MIDI or another score as it is; any other transcriber can be plugged in."""
    input:
        song=get_song_file,
    output:
        beats="results/beats/{song}.tsv",
        hits="results/beats/{song}.drums.tsv",
        midi="results/midi/{song}.mid",
        status="results/midi/{song}.json",
    log:
        "results/logs/import_score/{song}.log",
    benchmark:
        "results/benchmarks/import_score/{song}.tsv"
    wildcard_constraints:
        song="|".join(SCORES) or "(?!)",
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(300),
        runtime=per_attempt(5),
    params:
        **SCORE_IMPORT,
        song=get_song,
        stamp=stamp_of("import_score"),
    message:
        "Taking in {wildcards.song}"
    script:
        "../scripts/import_score.py"


ruleorder: import_score > create_notes
ruleorder: import_score > track_beats
