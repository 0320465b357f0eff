"""Find the songs in a folder and give each an id.

The folder is never changed. A song's id is its name in every artifact.
"""

import hashlib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from mathrock.songs.genres import NO_GENRE
from mathrock.songs.song import FORMATS, Song, SongsError

# Endings of what lies beside music and is none: pictures, texts, playlists, checksums.
COMPANIONS = {"jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff", "svg", "pdf"}
COMPANIONS |= {"txt", "md", "rtf", "doc", "docx", "html", "htm", "nfo", "cue", "log", "lrc", "url"}
COMPANIONS |= {"m3u", "m3u8", "pls", "xspf", "ini", "db", "sfv", "md5", "ffp", "json", "yaml"}
# Line ends, other control characters and marks that turn the direction of writing.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def find_songs(
    folder: str | Path, formats: Container[str] = FORMATS, left_out: Counter | None = None
) -> list[Song]:
    """List the songs at any depth below `folder`, ordered by path; hidden files are left out.

    The first folder below `folder` is a song's genre. A file is a song if its name ends in one of
    `formats`, which are lower-case and without a dot.

    Args:
        left_out: counts the endings of files that are neither songs nor `COMPANIONS` of songs.

    Raises:
        SongsError: there is no such folder, or two files have the same id.
    """
    folder = Path(folder)
    if folder.is_file():
        raise SongsError(f"songs: {folder} is no folder; a list of songs ends in .txt")
    if not folder.is_dir():
        raise SongsError(f"songs: there is no folder {folder}")
    songs = []
    for path in _walk(folder, formats):
        if (ending := _format(path)) in formats:
            songs.append(describe_song(path, folder))
        elif left_out is not None and ending not in COMPANIONS:
            left_out[ending] += 1
    songs.sort(key=lambda song: song.path)
    return distinguish(songs)


def _walk(folder: Path, formats: Container[str]) -> Iterator[Path]:
    """Yield the files below a folder, and the empty folders with a song's name, but no hidden ones.

    Such a folder was meant to be a song: it gets a problem.
    """
    for place, folders, files in os.walk(folder, followlinks=True):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and not _is_circular(place, name)
        )
        empty = [
            name
            for name in folders
            if _format(Path(name)) in formats and not any(Path(place, name).iterdir())
        ]
        for name in sorted([*files, *empty]):
            if not name.startswith("."):
                yield Path(place, name)


def describe_left_out(left_out: Counter) -> str:
    """Count, by ending, the files that are in no format that can be read: "3 .kar, 1 .wma"."""
    return ", ".join(
        f"{count} {f'.{_visible(ending)}' if ending else 'without an ending'}"
        for ending, count in sorted(left_out.items(), key=lambda item: (-item[1], item[0]))
    )


def distinguish(songs: Iterable[Song]) -> list[Song]:
    """Give songs whose names differ in the spelling of accents alone ids of their own.

    File systems spell an accented letter as one character (NFC), or as a letter and an accent
    (NFD), and ids are equal. The first in NFC keeps the id; the others get a problem.

    Raises:
        SongsError: two songs have the same id for another reason.
    """
    songs, seen = list(songs), {}
    # In NFC first, so that the song whose name looks as the user typed it keeps the id.
    order = sorted(range(len(songs)), key=lambda at: not _is_composed(songs[at].path))
    for at in order:
        song = songs[at]
        if (other := seen.setdefault(song.id, song.path)) == song.path:
            continue
        if _composed(other) != _composed(song.path):
            raise SongsError(f"rename one of {other} and {song.path}: their ids are equal")
        digest = hashlib.sha256(song.path.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        problem = (
            "has another file's name but for how its accents are stored (NFD, not NFC):"
            " rename or delete one of the two"
        )
        songs[at] = song._replace(id=f"{song.id}-{digest}", problem=problem)
    return songs


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
    """Convert a path to text in valid UTF-8 without control characters, which names may have."""
    return _visible(os.fsencode(path).decode("utf-8", "replace"))


def _visible(text: str) -> str:
    """Replace control characters, which break lines of tables and terminals."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _composed(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def _is_composed(path: str) -> bool:
    return unicodedata.is_normalized("NFC", path)


def _format(path: Path) -> str:
    return path.suffix.lower().removeprefix(".")


def _problem(path: Path) -> str:
    if _CONTROL.search(str(path)):
        return "has a control character, such as a line's end, in its name: rename it"
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
