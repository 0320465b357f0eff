"""Choose all that a take begins with: its snippet, its key constraint, its conditioning.

The rule choose_snippets and the rules that generate takes call the same function, so that both
choose the same and refuse the same.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from mathrock.dataset.sequences import Sequences
from mathrock.dataset.time_axis import grid_of
from mathrock.files.tsv import write_rows
from mathrock.generation.conditioning import Conditioning, make_conditioning
from mathrock.generation.key_constraint import KeyConstraint, find_key_constraint
from mathrock.generation.snippets import Snippet, choose_snippet, choose_target
from mathrock.generation.take_settings import TakeSettings
from mathrock.pianoroll.statistics import roll_statistics
from mathrock.songs.key_table import SongKey


class Prompt(NamedTuple):
    """The snippet that a take continues, and the constraints on the continuation.

    target: the snippet that an interpolation leads to; None for other takes.
    key: of the snippet's song.
    statistics: of the snippet's whole song, see `roll_statistics`.
    """

    snippet: Snippet
    target: Snippet | None
    key: SongKey
    key_constraint: KeyConstraint
    statistics: dict
    conditioning: Conditioning


def choose_prompt(
    name: str, settings: TakeSettings, sequences: Sequences, keys: Mapping[str, SongKey]
) -> Prompt:
    """Choose what the take `name` with these settings begins with.

    Args:
        keys: the songs' keys by song.

    Raises:
        TakeError: the song is not usable, or not long enough for the snippet, or the take asks for
            a key or scale that was not found, or for a genre or attribute that no training song
            has.
    """
    snippet, target = choose_snippet(name, settings, sequences), None
    if settings.path == "interpolate":
        target = choose_target(name, settings, sequences, snippet.song)
    key = keys[snippet.song]
    constraint = find_key_constraint(name, settings, snippet.song, key)
    statistics = roll_statistics(snippet.roll, sequences.rate(snippet.song))
    density = statistics["notes_per_second"]
    conditioning = make_conditioning(name, settings, sequences, density)
    return Prompt(snippet, target, key, constraint, statistics, conditioning)


def write_snippets(
    path: str | Path,
    takes: Mapping[str, TakeSettings],
    sequences: Sequences,
    keys: Mapping[str, SongKey],
) -> None:
    """Write a table of the snippet that each take continues.

    Raises:
        TakeError: as `choose_prompt`; then there is no table.
    """
    rows = []
    for name, settings in takes.items():
        snippet = choose_prompt(name, settings, sequences, keys).snippet
        grid = grid_of(sequences, snippet.song)
        begin, until = grid.seconds(snippet.first), grid.seconds(snippet.end)
        rows.append((name, snippet.song, round(begin, 3), round(until - begin, 3)))
    write_rows(path, ("take", "song", "first_s", "seconds"), rows)
