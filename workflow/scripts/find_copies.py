"""Rule find_copies: what takes share with training songs, beside what held-out songs do."""

from pathlib import Path

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from mathrock.evaluation.copies import find_copies
from mathrock.files.json_files import write_json

files = snakemake.input
found = find_copies(
    Path(files.sequences[0]).parent,
    list(files.rolls),
    list(files.made),
    list(files.reference_rolls),
    list(files.references),
)
write_json(snakemake.output[0], found)
