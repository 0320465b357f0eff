"""The genres of songs: the first folder below the songs folder."""

from collections.abc import Iterable

NO_GENRE = "none"  # of a song that lies directly in the songs folder; it can't be blended


def blendable(genres: Iterable[str]) -> list[str]:
    """List the genres that a model can blend, sorted; fewer than two cannot be told apart: none."""
    found = sorted({*genres} - {NO_GENRE})
    return found if len(found) > 1 else []
