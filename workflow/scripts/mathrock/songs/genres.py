"""The genres of songs: the first folder below the songs folder."""

from collections.abc import Iterable

NO_GENRE = "none"  # of a song that lies in no folder: it is of no genre that could be blended


def blendable(genres: Iterable[str]) -> list[str]:
    """The genres that there are, sorted; none where they are fewer than two: nothing tells then."""
    found = sorted({*genres} - {NO_GENRE})
    return found if len(found) > 1 else []
