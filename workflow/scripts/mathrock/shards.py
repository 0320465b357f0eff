"""Songs shared out among shards, so that many thousands of them are a few hundred jobs.

A shard's list names its songs with size and time of each file. It is written anew only when that
changes, so that Snakemake has to look at the lists alone. To which shard a song belongs depends on
its id and nothing else.
"""

import zlib
from collections.abc import Iterable
from pathlib import Path

from mathrock.atomic import write_text
from mathrock.shardtables import as_text, read_table
from mathrock.songdigests import Version, digest_of, read_known, write_known
from mathrock.songs import Song

COLUMNS = (*Song._fields, "size", "mtime_ns")


def shard_names(count: int) -> list[str]:
    """The names of `count` shards: "0000", "0001", ..."""
    return [f"{number:04d}" for number in range(count)]


def shard_of(song: str, count: int) -> str:
    """The shard of `count` that a song belongs to, by its id."""
    return f"{zlib.crc32(song.encode()) % count:04d}"


def write_lists(songs: Iterable[Song], count: int, folder: str | Path, known: str | Path) -> None:
    """Write a list of songs, `COLUMNS`, for each shard into `folder`: those that differ.

    A file that only got another time, as a copy of a library does, keeps the one that it had: all
    that was made of its songs would be taken for stale.

    Args:
        known: the folder of the shards' tables of digests, see `songdigests`.
    """
    shared = {shard: [] for shard in shard_names(count)}
    for song in songs:
        shared[shard_of(song.id, count)].append(song)
    for shard, its in shared.items():
        path, name = Path(folder, f"{shard}.tsv"), f"{shard}.tsv"
        last = {row["id"]: _version_in(row) for row in read_table(path)} if path.is_file() else {}
        settled = _settled({song.path: _version(song) for song in its}, last, Path(known, name))
        text = as_text(COLUMNS, ([*song, *settled[song.path][1:]] for song in its))
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_text(path, text)


def _settled(
    versions: dict[str, Version], last: dict[str, Version], known: Path
) -> dict[str, Version]:
    """Versions by path: where a file has the same content and size as last time, that of then."""
    touched = {
        path: last[version[0]]
        for path, version in versions.items()
        if last.get(version[0], version) != version and last[version[0]][1] == version[1]
    }
    if not touched:
        return versions
    digests = read_known(known)
    for path, before in touched.items():
        version = versions[path]
        if before in digests and version not in digests:
            digests[version] = digest_of(path)
    write_known(known, digests)
    same = {path: v for path, v in touched.items() if digests.get(versions[path]) == digests.get(v)}
    return versions | same


def _version(song: Song) -> Version:
    """What changes when the file does, as good as always: its size and time."""
    try:
        facts = Path(song.path).stat()
    except OSError:  # the listing knows of the problem, or the song's job will
        return song.id, "0", "0"
    return song.id, str(facts.st_size), str(facts.st_mtime_ns)


def _version_in(row: dict) -> Version:
    return row["id"], row["size"], row["mtime_ns"]
