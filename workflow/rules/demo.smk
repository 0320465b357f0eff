"""The project's own songs: composed, recorded to mp3, and in the end scored against the truth."""


rule compose_demo_song:
    """Compose one of the project's own pieces: the true MIDI of a demo song."""
    output:
        "data/demo/{genre}/{piece}.mid",
    log:
        "results/logs/compose_demo_song/{genre}/{piece}.log",
    benchmark:
        "results/benchmarks/compose_demo_song/{genre}/{piece}.tsv"
    wildcard_constraints:
        genre="[a-z_]+",
        piece="[a-z-]+",
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(300),
        runtime=per_attempt(5),
    params:
        **code_of("compose_demo_song.py"),
    message:
        "Composing {wildcards.piece}"
    script:
        "../scripts/compose_demo_song.py"


# The recordings are inputs, like a user's own: neither a knob of the effects nor a line of their
# code records them again, and all that is made from them stays. Delete data/demo/* to record anew.
rule record_demo_song:
    """Play a demo song through the guitar effects into an mp3, as if it had come from a band."""
    input:
        "data/demo/{genre}/{piece}.mid",
    output:
        "data/demo/{genre}/{piece}.mp3",
    log:
        "results/logs/record_demo_song/{genre}/{piece}.log",
    benchmark:
        "results/benchmarks/record_demo_song/{genre}/{piece}.tsv"
    wildcard_constraints:
        genre="[a-z_]+",
        piece="[a-z-]+",
    conda:
        "../../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1000),
        runtime=per_attempt(10),
    params:
        **shipped(soundfont=SHIPPED_SOUNDFONT),
        # Not the library: the recordings count as recordings, whatever becomes of the effects.
        code=f"record_demo_song.py {code_digest(SCRIPTS / 'record_demo_song.py')}",
    message:
        "Recording {wildcards.piece}"
    script:
        "../scripts/record_demo_song.py"


rule score_transcription:
    """Compare what was transcribed from the demo songs with what was really played."""
    input:
        truth=[
            str(Path(song.path).with_suffix(".mid"))
            for song in (SONGS.values() if IS_DEMO else [])  # others' names may be any
        ],
        midi=of_songs("results/midi/{song}.mid", "create_notes"),
    output:
        "results/demo/transcription.tsv",
    log:
        "results/logs/score_transcription.log",
    benchmark:
        "results/benchmarks/score_transcription.tsv"
    conda:
        "../../envs/transcribe.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(500),
        runtime=per_attempt(10),
    params:
        **code_of("score_transcription.py"),
        songs=list(SONGS) if IS_DEMO else [],
    message:
        "Scoring the transcription of the demo songs"
    script:
        "../scripts/score_transcription.py"
