"""From a folder of recordings to new songs in their style. Every day: snakemake --cores N"""

from snakemake.utils import min_version

min_version("9.27")


configfile: "config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/demo.smk"
include: "workflow/rules/songs.smk"
include: "workflow/rules/transcribe.smk"
include: "workflow/rules/encode.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/generate.smk"
include: "workflow/rules/render.smk"


rule all:
    default_target: True
    input:
        "results/songs.tsv",
        "results/takes.tsv",
        "results/demo/transcription.tsv" if IS_DEMO else [],


onsuccess:
    print_takes()
