"""One page to look at and listen to: a folder that opens from disk, to be zipped and sent."""

PAGE = "workflow/report/page"
HEARD_SONGS = list(SONGS)[: config["report"]["songs"]]
PREVIEWING = {
    **code_of("preview_song.py"),
    **SOUNDFONT_PARAMS,
    "seconds": config["report"]["song_seconds"],
    "engine": config["render"]["engine"],
}
# Whether a track's wav, the largest file by far, goes along.
COPIED = ["mid", "wav"] if config["report"]["wav"] else ["mid"]
# What the page is made of and what it tells of: see `mathrock.report.page.Sources`.
PAGE_FILES = {
    "template": f"{PAGE}/index.html.j2",
    "parts": [
        f"{PAGE}/{part}.html.j2"
        for part in "parts takes references songs models experiments closeness copies making".split()
    ],
    "style": f"{PAGE}/page.css",
    "script": f"{PAGE}/page.js",
    "workflow": "docs/workflow.svg",
}
SHOWN = {
    "songs": ["results/songs.tsv"],
    "key_table": ["results/keys.tsv"],
    "transcription": ["results/demo/transcription.tsv"] if IS_DEMO else [],
    "index": ["results/sequences/index.json"],
    "song_previews": of_songs(
        [
            "results/report/songs/{song}/recording.mp3",
            "results/report/songs/{song}/transcription.mp3",
            "results/report/songs/{song}/roll.svg",
        ],
        "preview_song",
        HEARD_SONGS,
    ),
    "made": collect("results/fx/{track}.json", track=MADE_TRACKS),
    "midi": collect("results/generated/{track}.mid", track=MADE_TRACKS),
    "rolls": collect("results/generated/{take}.npy", take=MADE_TAKES),
    "snippets": ["results/sequences/snippets.tsv"],
    "take_previews": [
        f"results/report/takes/{track}/{file}"
        for track in [*MADE_TRACKS, *MADE_REFERENCES]
        for name in [Path(track).name]
        for file in [
            "plain.mp3",
            "finished.mp3",
            *(f"{name}.{kind}" for kind in COPIED),
        ]
    ],
    "references": collect("results/generated/{track}.json", track=MADE_REFERENCES),
    "reference_midi": collect("results/generated/{track}.mid", track=MADE_REFERENCES),
    "metrics": collect("results/models/{model}/metrics.json", model=MODELS),
    "histories": collect("results/models/{model}/history.csv", model=MODELS),
    "models": collect("results/models/{model}/model.keras", model=MODELS),
    "space": collect("results/models/{model}/space.json", model=WITH_LATENTS),
    "experiments": COMPARED_CELLS,
    "closeness": ["results/closeness.json"],
    "copies": ["results/copies.json"],
    "latents": collect("results/models/{model}/latents.npz", model=WITH_LATENTS),
}


rule preview_song:
    """Make what the page plays of a song: a stretch as recorded and as transcribed; and its roll."""
    input:
        song=get_song_file,
        midi="results/midi/{song}.mid",
        status="results/midi/{song}.json",
        soundfont=SOUNDFONT_INPUT,
    output:
        recording="results/report/songs/{song}/recording.mp3",
        transcription="results/report/songs/{song}/transcription.mp3",
        roll="results/report/songs/{song}/roll.svg",
    log:
        "results/logs/preview_song/{song}.log",
    benchmark:
        "results/benchmarks/preview_song/{song}.tsv"
    conda:
        "../../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1000),
        runtime=per_attempt(5),
    params:
        **PREVIEWING,
        song=get_song,
        stamp=stamp_of(
            "preview_song", "create_notes", "import_score", shared=["soundfont"]
        ),
    message:
        "Previewing {wildcards.song}"
    script:
        "../scripts/preview_song.py"


rule preview_take:
    """Make what the page plays of a track and offers for a DAW."""
    input:
        plain="results/audio/{model}/{track}.wav",
        files=[
            "results/fx/{model}/{track}.mp3",
            "results/generated/{model}/{track}.mid",
            *(["results/fx/{model}/{track}.wav"] if "wav" in COPIED else []),
        ],
    output:
        plain="results/report/takes/{model}/{track}/plain.mp3",
        files=[
            "results/report/takes/{model}/{track}/finished.mp3",
            *(
                f"results/report/takes/{{model}}/{{track}}/{{track}}.{kind}"
                for kind in COPIED
            ),
        ],
    log:
        "results/logs/preview_take/{model}/{track}.log",
    benchmark:
        "results/benchmarks/preview_take/{model}/{track}.tsv"
    wildcard_constraints:
        model=TRACK_MODELS,
    conda:
        "../../envs/audio.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1000),
        runtime=per_attempt(5),
    params:
        **code_of("preview_take.py"),
        loudness=config["effects"]["loudness_lufs"],
    message:
        "Previewing {wildcards.model}/{wildcards.track}"
    script:
        "../scripts/preview_take.py"


rule write_report:
    """Write the page: takes, songs, models, how close they are, and how it was made."""
    input:
        **SHOWN,
    output:
        "results/report/index.html",
    log:
        "results/logs/write_report.log",
    benchmark:
        "results/benchmarks/write_report.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=per_attempt(1000),
        runtime=per_attempt(15),
    params:
        **code_of("write_report.py"),
        **shipped(**PAGE_FILES),
        page_files=list(PAGE_FILES),
        settings=config,
        benchmarks=str(here("results/benchmarks")),
    message:
        "Writing {output}"
    script:
        "../scripts/write_report.py"
