"""Rule record_demo_song: a demo song's MIDI becomes an mp3."""

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from mathrock.demo.recording import record

record(
    snakemake.input[0],
    snakemake.params.soundfont,
    snakemake.output[0],
    snakemake.wildcards.genre,
)
