"""Rule record_demo_song: a demo song's MIDI becomes an mp3."""

from mathrock.joblog import log_to

log_to(snakemake.log[0])

from mathrock.demoband import record

record(
    snakemake.input[0],
    snakemake.params.soundfont,
    snakemake.output[0],
    snakemake.wildcards.genre,
)
