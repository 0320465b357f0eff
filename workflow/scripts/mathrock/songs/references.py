"""Find the songs that takes are compared with: a chat model's, say, or a friend's."""

from pathlib import Path

from mathrock.songs.list_file import is_list, read_list
from mathrock.songs.listing import find_songs
from mathrock.songs.song import MIDI_FORMATS, Song, SongsError

USUAL = "data/references"  # the schema's default
FORMATS = (*MIDI_FORMATS, "abc", "musicxml", "mxl", "xml")


def find_references(folder: str | Path) -> list[Song]:
    """List the references as `find_songs` lists songs; the usual folder may be missing.

    In place of a folder, `folder` may name a list, see `songlist`.

    Raises:
        SongsError: another folder is missing, the list is wrong, or two files cannot be told apart
            by their ids.
    """
    if is_list(folder):
        return read_list(folder, FORMATS, "report.references")
    folder = Path(folder)
    if not folder.is_dir():
        if folder != Path(USUAL):
            raise SongsError(f"report.references: there is no folder {folder}")
        return []
    return find_songs(folder, FORMATS)
