"""Rule choose_snippets: what each take continues."""

from pathlib import Path

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from mathrock.dataset.sequences import Sequences
from mathrock.generation.conditioning import style_of
from mathrock.generation.key_constraint import wish_of
from mathrock.generation.snippets import write_snippets
from mathrock.songs.key_table import read_keys

sequences = Sequences(Path(snakemake.input.sequences[0]).parent)
takes, keys = snakemake.params.takes, read_keys(snakemake.input.found_keys)
chosen = write_snippets(snakemake.output[0], takes, sequences)
for name, (song, *_) in chosen.items():
    # Both raise an error where they cannot be met.
    wish_of(name, takes[name], song, keys[song])
    style_of(name, takes[name], sequences)
