"""Find the songs in a folder and give each an id.

The folder is never changed. A song's id is its name in every artifact.
"""

import hashlib
import os
import unicodedata
from collections.abc import Container, Iterable
from pathlib import Path

from mathrock.songs.genres import NO_GENRE
from mathrock.songs.song import FORMATS, Song, SongsError


def find_songs(folder: str | Path, formats: Container[str] = FORMATS) -> list[Song]:
    """List the songs at any depth below `folder`, ordered by path; hidden files are left out.

    The first folder below `folder` is a song's genre. A file is a song if its name ends in one of
    `formats`, which are lower-case and without a dot.

    Raises:
        SongsError: there is no such folder, or two files have the same id.
    """
    folder = Path(folder)
    if folder.is_file():
        raise SongsError(f"songs: {folder} is no folder; a list of songs ends in .txt")
    if not folder.is_dir():
        raise SongsError(f"songs: there is no folder {folder}")
    songs = []
    for place, folders, files in os.walk(folder, followlinks=True):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and not _is_circular(place, name)
        )
        # An empty folder with a song's name was meant to be a song: it gets a problem.
        empty = [
            name
            for name in folders
            if _format(Path(name)) in formats and not any(Path(place, name).iterdir())
        ]
        for name in sorted([*files, *empty]):
            path = Path(place, name)
            if not name.startswith(".") and _format(path) in formats:
                songs.append(describe_song(path, folder))
    songs.sort(key=lambda song: song.path)
    check_ids(songs)
    return songs


def check_ids(songs: Iterable[Song]) -> None:
    """Check that no two songs have the same id.

    Raises:
        SongsError: two songs have the same id.
    """
    seen = {}
    for song in songs:
        if song.id in seen:
            raise SongsError(f"rename one of {seen[song.id]} and {song.path}: their ids are equal")
        seen[song.id] = song.path


def describe_song(path: Path, folder: Path) -> Song:
    """Describe a song by its path below `folder`; the file need not exist yet."""
    relative = path.relative_to(folder)
    genre = relative.parts[0] if len(relative.parts) > 1 else NO_GENRE
    return Song(song_id(relative), _printable(path), genre, _format(path), _problem(path))


def song_id(relative: Path) -> str:
    """Make the id of a song from its path relative to the songs folder.

    The id is the words of the file's name, then eight hexadecimal digits of the path's SHA-256, so
    it is readable and differs if paths differ. No other song can change it. Unicode is normalised,
    because file systems spell accents in different ways.
    """
    path = unicodedata.normalize("NFC", relative.as_posix())
    name = unicodedata.normalize("NFC", relative.stem).lower()
    words = "".join(letter if letter.isalnum() else " " for letter in name).split()
    digest = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    # Names are cut so that the longest artifact's name stays under 255 bytes in UTF-8.
    readable = "-".join(words).encode("utf-8", "ignore")[:120].decode("utf-8", "ignore")
    return f"{readable or 'song'}-{digest}"


def _is_circular(place: str, name: str) -> bool:
    """Check whether a folder is a link to one of its parents, which would be walked forever."""
    return Path(place).resolve().is_relative_to(Path(place, name).resolve())


def _printable(path: Path) -> str:
    """Convert a path to text that is valid UTF-8; file systems allow other names."""
    return os.fsencode(path).decode("utf-8", "replace")


def _format(path: Path) -> str:
    return path.suffix.lower().removeprefix(".")


def _problem(path: Path) -> str:
    if _printable(path) != str(path):
        return "has a name that is not UTF-8: rename it"
    if path.is_symlink() and not path.exists():
        return "is a link to a file that is missing"
    if path.is_dir():
        return "is a folder, not a song"
    if path.exists() and not path.is_file():
        return "is not a regular file"
    if path.exists() and not os.access(path, os.R_OK):
        return "can't be read: permission denied"
    return ""
