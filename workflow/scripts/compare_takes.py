"""Rule compare_takes: takes, held-out songs and references beside the training songs."""

from mathrock.joblog import log_to

log_to(snakemake.log[0])

from pathlib import Path

from mathrock.comparison import compare
from mathrock.provenance import write_json
from mathrock.sequences import Sequences

files = snakemake.input
sequences = Sequences(Path(files.sequences[0]).parent)
write_json(snakemake.output[0], compare(sequences, files.made, files.references))
