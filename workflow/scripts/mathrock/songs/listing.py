"""Find the songs in a folder and give each an id.

Nothing in the folder is ever changed; an id is a song's name in every artifact.
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

    The first folder below `folder` is a song's genre. What ends in none of `formats`, lower-case
    and without a dot, is no song.

    Raises:
        SongsError: there is no such folder, or two files cannot be told apart by their ids.
    """
    folder = Path(folder)
    if folder.is_file():
        raise SongsError(f"songs: {folder} is no folder; a list of songs ends in .txt")
    if not folder.is_dir():
        raise SongsError(f"songs: there is no folder {folder}")
    songs = []
    for place, folders, files in os.walk(folder, followlinks=True):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and not _leads_back(place, name)
        )
        # A folder that is named like a song and holds nothing was meant to be one.
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
    """Check that songs can be told apart.

    Raises:
        SongsError: two of them have the same id.
    """
    seen = {}
    for song in songs:
        if song.id in seen:
            raise SongsError(f"rename one of {seen[song.id]} and {song.path}: their ids are equal")
        seen[song.id] = song.path


def describe_song(path: Path, folder: Path) -> Song:
    """A song by its path alone, whether it exists or not yet."""
    relative = path.relative_to(folder)
    genre = relative.parts[0] if len(relative.parts) > 1 else NO_GENRE
    return Song(song_id(relative), _printable(path), genre, _format(path), _problem(path))


def song_id(relative: Path) -> str:
    """An id that reads like the file's name and differs wherever the path below the folder does.

    It depends on this path alone, so no other song ever changes it: the words of the name, then
    eight hexadecimal digits of the path's SHA-256. Unicode is normalised, because file systems
    spell accents in different ways.
    """
    path = unicodedata.normalize("NFC", relative.as_posix())
    name = unicodedata.normalize("NFC", relative.stem).lower()
    words = "".join(letter if letter.isalnum() else " " for letter in name).split()
    digest = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    # Names are cut so that the longest artifact's name stays under 255 bytes in UTF-8.
    readable = "-".join(words).encode("utf-8", "ignore")[:120].decode("utf-8", "ignore")
    return f"{readable or 'song'}-{digest}"


def _leads_back(place: str, name: str) -> bool:
    """Whether a folder is a link to one that it lies in, which has no end."""
    return Path(place).resolve().is_relative_to(Path(place, name).resolve())


def _printable(path: Path) -> str:
    """The path as text that can be written; file systems allow names that cannot."""
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
