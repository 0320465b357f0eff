"""Rule choose_snippets: what each take continues."""

from pathlib import Path

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from mathrock.dataset.sequences import Sequences
from mathrock.generation.prompt import write_snippets
from mathrock.generation.take_settings import TakeSettings
from mathrock.songs.key_table import read_keys

write_snippets(
    snakemake.output[0],
    {name: TakeSettings.from_params(knobs) for name, knobs in snakemake.params.takes.items()},
    Sequences(Path(snakemake.input.sequences[0]).parent),
    read_keys(snakemake.input.found_keys),
)
