"""Find the references, the songs with which takes are compared, such as a chat model's song."""

from pathlib import Path

from mathrock.songs.list_file import is_list, read_list
from mathrock.songs.listing import find_songs
from mathrock.songs.song import SCORE_FORMATS, Song, SongsError

DEFAULT_FOLDER = "data/references"  # the schema's default


def find_references(folder: str | Path) -> list[Song]:
    """List the references in a folder as `find_songs` does; the default folder may be missing.

    Args:
        folder: a folder, or a list of songs (see `songs/list_file`).

    Raises:
        SongsError: a folder other than the default is missing, the list is wrong, or two files have
            the same id.
    """
    if is_list(folder):
        return read_list(folder, SCORE_FORMATS, "report.references")
    folder = Path(folder)
    if not folder.is_dir():
        if folder != Path(DEFAULT_FOLDER):
            raise SongsError(f"report.references: there is no folder {folder}")
        return []
    return find_songs(folder, SCORE_FORMATS)
