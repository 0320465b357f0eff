"""Find the songs that takes are compared with: a chat model's, say, or a friend's."""

from pathlib import Path

from mathrock.songs import MIDI_FORMATS, Song, SongsError, find_songs

USUAL = "data/references"  # the schema's default
FORMATS = (*MIDI_FORMATS, "abc", "musicxml", "mxl", "xml")


def find_references(folder: str | Path) -> list[Song]:
    """List the references as `find_songs` lists songs; the usual folder may be missing.

    Raises:
        SongsError: another folder is missing, or two files cannot be told apart by their ids.
    """
    folder = Path(folder)
    if not folder.is_dir():
        if folder != Path(USUAL):
            raise SongsError(f"report.references: there is no folder {folder}")
        return []
    return find_songs(folder, FORMATS)
