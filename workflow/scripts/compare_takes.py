"""Rule compare_takes: takes, held-out songs and references beside the training songs."""

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from pathlib import Path

from mathrock.dataset.sequences import Sequences
from mathrock.evaluation.comparison import compare
from mathrock.files.json_files import write_json

files = snakemake.input
sequences = Sequences(Path(files.sequences[0]).parent)
write_json(snakemake.output[0], compare(sequences, files.made, files.references))
