"""Rule find_keys: estimate the key and the scale of a song from its piano roll.

With shards there is a job for each song, else one job for all songs.
"""

from mathrock.files.arrays import read_array
from mathrock.pianoroll.key_estimation import find_key
from mathrock.songs.key_table import SongKey, write_keys


def key_in(roll: str) -> SongKey:
    """Estimate the key of the song whose piano roll is in the file `roll`."""
    return find_key(read_array(roll))


def run(job, log) -> None:
    """Run the rule for one song; `job` has the attributes of the `snakemake` object of scripts."""
    write_keys(job.output.keys, {job.params.song["id"]: key_in(job.input.roll)})
