"""From a folder of recordings to new songs in their style. Every day: snakemake --cores N"""

from snakemake.utils import min_version

min_version("9.27")


include: "workflow/rules/config_files.smk"


configfile: "config.yaml"


report: "workflow/report/captions/workflow.rst"


include: "workflow/rules/config.smk"
include: "workflow/rules/common.smk"
include: "workflow/rules/per_song.smk"
include: "workflow/rules/per_model.smk"
include: "workflow/rules/run.smk"
include: "workflow/rules/demo.smk"
include: "workflow/rules/songs.smk"
include: "workflow/rules/transcribe.smk"
include: "workflow/rules/encode.smk"
include: "workflow/rules/experiments.smk"
include: "workflow/rules/generate.smk"


for model in CATALOGUE:

    include: f"workflow/rules/{model}.smk"


include: "workflow/rules/references.smk"
include: "workflow/rules/compare.smk"
include: "workflow/rules/render.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/shards.smk"
include: "workflow/rules/submitted.smk"


# Every artifact is named, not only the last ones: what a failed job or a hand took away from the
# middle of the chain is then made again, where Snakemake would take the finished tracks for enough.
rule all:
    default_target: True
    input:
        of_songs(
            ["results/activations/{song}.npz", "results/spectra/{song}.npy"],
            "hear_song",
            RECORDINGS,
        ),
        of_songs(
            ["results/beats/{song}.tsv", "results/beats/{song}.drums.tsv"],
            "track_beats import_score",
        ),
        of_songs("results/midi/{song}.mid", "create_notes import_score"),
        of_songs(
            [
                "results/rolls/{song}.npy",
                "results/rolls/{song}.npz",
                "results/rolls/{song}.json",
            ],
            "encode_roll",
        ),
        "results/songs.tsv",
        "results/keys.tsv",
        collect("results/sequences/{shard}/songs.json", shard=PACKED),
        SEQUENCES,
        PLAYED,
        "results/sequences/snippets.tsv",
        collect(
            "results/models/{model}/{file}",
            model=MODELS,
            file=["model.keras", "metrics.json"],
        ),
        collect(
            "results/models/{model}/{file}",
            model=WITH_LATENTS,
            file=["latents.npz", "space.json"],
        ),
        MADE_CELLS,
        collect("results/generated/{take}.npy", take=MADE_TAKES),
        collect("results/generated/{track}.mid", track=MADE_TRACKS),
        "results/copies.json",
        collect(
            "results/audio/{track}.{kind}",
            track=MADE_TRACKS,
            kind=["wav", "stems.flac"],
        ),
        collect("results/fx/{track}.{kind}", track=MADE_TRACKS, kind=["wav", "mp3"]),
        "results/closeness.json",
        "results/takes.tsv",
        collect(
            "results/generated/{reference}.{kind}",
            reference=MADE_REFERENCES,
            kind=["mid", "npy", "json"],
        ),
        collect(
            "results/audio/{reference}.{kind}",
            reference=MADE_REFERENCES,
            kind=["wav", "stems.flac"],
        ),
        collect(
            "results/fx/{reference}.{kind}",
            reference=MADE_REFERENCES,
            kind=["wav", "mp3", "json"],
        ),
        "results/demo/transcription.tsv" if IS_DEMO else [],
        SHOWN["song_previews"],
        SHOWN["take_previews"],
        "results/report/index.html",


# Experiments alone: snakemake --cores N experiments
rule experiments:
    input:
        MADE_CELLS,


onstart:
    take_folder()


onsuccess:
    print_experiments()
    print_takes()


onerror:
    print_failures()
    write_unfinished_report({**PAGE_FILES, **SHOWN})
