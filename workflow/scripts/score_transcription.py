"""Rule score_transcription: transcribed demo songs against the notes that were played."""

from mathrock.joblog import log_to

log_to(snakemake.log[0])

from mathrock.scoring import write_scores

write_scores(snakemake.output[0], snakemake.input.truth, snakemake.input.midi)
