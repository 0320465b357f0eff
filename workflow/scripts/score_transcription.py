"""Rule score_transcription: transcribed demo songs against the notes that were played."""

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from mathrock.evaluation.transcription_metrics import write_scores
from mathrock.songs.shards.tables import files_of

midi = dict(files_of(snakemake.input.midi, "midi"))
found = [midi[song] for song in snakemake.params.songs]
write_scores(snakemake.output[0], snakemake.input.truth, found)
