"""Rule choose_snippets: what each take continues."""

from pathlib import Path

from mathrock.joblog import log_to

log_to(snakemake.log[0])

from mathrock.sequences import Sequences
from mathrock.snippets import write_snippets

sequences = Sequences(Path(snakemake.input[0]).parent)
write_snippets(snakemake.output[0], snakemake.params.takes, sequences)
