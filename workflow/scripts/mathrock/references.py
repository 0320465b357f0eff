"""Find the songs that takes are compared with: a chat model's, say, or a friend's."""

from pathlib import Path

from mathrock.songs import MIDI_FORMATS, Song, find_songs

ABC_FORMATS = ("abc",)
MUSICXML_FORMATS = ("musicxml", "mxl", "xml")
FORMATS = (*MIDI_FORMATS, *ABC_FORMATS, *MUSICXML_FORMATS)


def find_references(folder: str | Path) -> list[Song]:
    """List the references as `find_songs` lists songs; a folder that is missing has none.

    Raises:
        SongsError: two files cannot be told apart by their ids.
    """
    return find_songs(folder, FORMATS) if Path(folder).is_dir() else []
