"""Divide songs among shards, so that many thousands of them are a few hundred jobs.

A shard's list names its songs with size and time of each file. It is written anew only when that
changes, so that Snakemake has to look at the lists alone. To which shard a song belongs depends on
its id and nothing else.
"""

import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

from mathrock.files.atomic import write_text
from mathrock.files.tsv import as_text
from mathrock.songs.shards.digests import Version, read_known, rows_if_any, write_known
from mathrock.songs.shards.stamps import digest_of
from mathrock.songs.song import Song

COLUMNS = (*Song._fields, "size", "mtime_ns")
NONE = ("", "0", "0")  # of what is not there


def shard_names(count: int) -> list[str]:
    """Name `count` shards: "0000", "0001", ..."""
    return [f"{number:04d}" for number in range(count)]


def shard_of(song: str, count: int) -> str:
    """Choose which of `count` shards a song belongs to, by its id."""
    return f"{zlib.crc32(song.encode()) % count:04d}"


def write_lists(
    songs: Iterable[Song],
    count: int,
    folder: str | Path,
    log: Callable[[str], None] = print,
    has_versions: bool = True,
) -> None:
    """Write a list of songs, `COLUMNS`, for each shard into lists/ of `folder`: those that differ.

    A file that only got another time, as a copy of a library does, keeps the one that it had: all
    that was made of its songs would be taken for stale. Where songs were shared out in another way,
    the tables of that way are removed.

    Args:
        folder: of the shards; in digests/ it has the tables of digests, see `read_known`.
        log: gets a line before files are read, which may take long.
        has_versions: False: the files are still to be made; sizes and times are left out.
    """
    folder, names = Path(folder), {f"{shard}.tsv" for shard in shard_names(count)}
    there = {path.name for path in folder.glob("lists/*.tsv")}
    if there and there != names:
        _forget_tables(folder)
    shared = {shard: [] for shard in shard_names(count)}
    for song in songs:
        shared[shard_of(song.id, count)].append(song)
    for shard, its in shared.items():
        path, known = folder / f"lists/{shard}.tsv", folder / f"digests/{shard}.tsv"
        versions = {song.path: _version(song) if has_versions else NONE for song in its}
        last = {row["id"]: _version_in(row) for row in rows_if_any(path)}
        versions |= _untouched(versions, last, known, log)
        text = as_text(COLUMNS, ([*song, *versions[song.path][1:]] for song in its), quote_all=True)
        if not path.is_file() or path.read_bytes() != text.encode():
            write_text(path, text)


def _forget_tables(folder: Path) -> None:
    """Remove all tables but those of digests: songs of a shard of this name may be others now."""
    for table in folder.glob("*/*.tsv"):
        if table.parent.name != "digests":
            table.unlink()


def _untouched(
    versions: dict[str, Version],
    last: dict[str, Version],
    known: Path,
    log: Callable[[str], None],
) -> dict[str, Version]:
    """Find, by path, the last versions of files whose content is the same and whose time is not."""
    touched = {
        path: last[version[0]]
        for path, version in versions.items()
        if last.get(version[0], version) != version and last[version[0]][1] == version[1]
    }
    if not touched:
        return {}
    digests = read_known(known)
    unread = {
        versions[path]: path
        for path, before in touched.items()
        if before in digests and versions[path] not in digests
    }
    if unread:
        log(f"{len(unread)} songs have another date: looking whether they are the same")
        digests |= {version: digest_of(path) for version, path in unread.items()}
        write_known(known, digests)
    return {
        path: before
        for path, before in touched.items()
        if before in digests and digests.get(versions[path]) == digests[before]
    }


def _version(song: Song) -> Version:
    """Read what changes, as good as always, when the file does: its size and time."""
    try:
        facts = Path(song.path).stat()
    except OSError:  # the listing knows of the problem, or the song's job will
        return NONE
    return song.id, str(facts.st_size), str(facts.st_mtime_ns)


def _version_in(row: dict) -> Version:
    return row["id"], row["size"], row["mtime_ns"]
