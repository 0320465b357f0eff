"""From a folder of recordings to new songs in their style. Every day: snakemake --cores N"""

from snakemake.utils import min_version

min_version("9.27")


configfile: "config.yaml"


report: "workflow/report/captions/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/demo.smk"
include: "workflow/rules/songs.smk"
include: "workflow/rules/transcribe.smk"
include: "workflow/rules/encode.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/generate.smk"
include: "workflow/rules/references.smk"
include: "workflow/rules/compare.smk"
include: "workflow/rules/render.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/submitted.smk"


# Every artifact is named, not only the last ones: what a failed job or a hand took away from the
# middle of the chain is then made again, where Snakemake would take the finished tracks for enough.
rule all:
    default_target: True
    input:
        collect("results/activations/{song}.npz", song=RECORDINGS),
        collect("results/spectra/{song}.npy", song=RECORDINGS),
        collect("results/beats/{song}.{kind}", song=SONGS, kind=["tsv", "drums.tsv"]),
        collect("results/midi/{song}.mid", song=SONGS),
        collect("results/rolls/{song}.{kind}", song=SONGS, kind=["npy", "json"]),
        "results/songs.tsv",
        "results/keys.tsv",
        SEQUENCES,
        PLAYED,
        "results/sequences/snippets.tsv",
        collect(
            "results/models/{model}/{file}",
            model=MODELS,
            file=["model.keras", "metrics.json"],
        ),
        collect(
            "results/models/vae/{file}",
            file=["latents.npz", "space.json"] if "vae" in MODELS else [],
        ),
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


onstart:
    take_folder()


onsuccess:
    print_takes()


onerror:
    print_failures()
    write_unfinished_report(SHOWN)
