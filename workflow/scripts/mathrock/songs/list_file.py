"""Read and write lists of songs, for storage whose folders cannot be listed, such as a bucket.

Each line is a song's path as rules use it, relative to the working directory or to the storage's
prefix: `data/songs/surf/wave.mp3`. Empty lines and lines that begin with # are ignored. The songs
of `data/songs.txt` are below `data/songs/`, the folder with the list's name, so that a song has the
same id and genre whether the folder is searched or the list is read.

`python -m mathrock.songs.list_file FOLDER` writes FOLDER.txt.
"""

import sys
from collections.abc import Container
from pathlib import Path

from mathrock.files.atomic import write_text
from mathrock.songs.listing import describe_song, distinguish, find_songs
from mathrock.songs.song import FORMATS, Song, SongsError

ENDING = ".txt"
SYNTAX = (
    "{}<>#?"  # characters of Snakemake's wildcards and of URLs, which no object's name may have
)


def is_list(songs: str | Path) -> bool:
    """Check whether a setting names a list, not a folder."""
    return Path(songs).suffix == ENDING


def folder_of(songs: str | Path) -> Path:
    """Return the folder that holds the songs, for a setting that names the folder or its list."""
    return Path(songs).with_suffix("") if is_list(songs) else Path(songs)


def read_list(
    path: str | Path, formats: Container[str] = FORMATS, setting: str = "songs"
) -> list[Song]:
    """Read the songs of a list, ordered by path, without checking that their files exist.

    Args:
        setting: the name of the setting that names the list, for errors.

    Raises:
        SongsError: the list is missing, or a line of it is no song.
    """
    path = Path(path)
    folder, songs, seen = folder_of(path), [], set()
    if path.exists() and not path.is_file():  # to read a pipe could take for ever
        raise SongsError(f"{setting}: {path} is a folder, a pipe or a device, not a file")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise SongsError(
            f"{setting}: there is no list {path}: `make list` writes that of data/songs/; `git add`"
            " it where jobs run in other places"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SongsError(f"{setting}: {path} can't be read as UTF-8 text: {error}") from None
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        song, position = Path(line), f"{setting}: {path}, line {number}: {line}"
        if not song.is_relative_to(folder) or song == folder or ".." in song.parts:
            raise SongsError(
                f"{position} does not lie below {folder}/, the folder of the list's name"
            )
        if song in seen:
            raise SongsError(f"{position} stands there twice")
        described = describe_song(song, folder)
        if described.format not in formats:
            raise SongsError(
                f"{position} is in no format that can be read, {', '.join(sorted(formats))}"
            )
        seen.add(song)
        songs.append(described)
    return distinguish(sorted(songs, key=lambda song: song.path))


def in_bucket(song: Song) -> Song:
    """Add a problem to a song in a bucket if its path can't be requested from a bucket."""
    marks = [mark for mark in SYNTAX if mark in song.path]
    if song.problem or not marks:
        return song
    return song._replace(
        problem=f"has {' and '.join(marks)} in its path, and no bucket can be asked for it: rename"
    )


def on_disk(song: Song) -> Song:
    """Add a problem to a song that should be on this machine if its file is missing."""
    is_gone = not song.problem and not Path(song.path).exists()
    return song._replace(problem="is missing") if is_gone else song


def write_list(folder: str | Path, formats: Container[str] = FORMATS) -> Path:
    """Write the list of a folder's songs beside the folder; return the list's path.

    Raises:
        SongsError: as `find_songs`, or there are no songs.
    """
    paths = [song.path for song in find_songs(folder, formats) if not song.problem]
    if not paths:
        raise SongsError(f"no songs in {folder}/")
    target = Path(f"{folder}{ENDING}")
    write_text(target, "".join(f"{path}\n" for path in paths))
    return target


if __name__ == "__main__":
    try:
        print(f"wrote {write_list(Path(sys.argv[1]))}")
    except SongsError as error:
        sys.exit(f"Error: {error}")
