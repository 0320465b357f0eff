"""Digest songs' files, but read only those whose size or time has changed.

A version of a file is (song's id, size in bytes, time in ns), as text. A table for each shard keeps
the digests of the versions that are known.
"""

from pathlib import Path

from mathrock.files.damage import DamagedFile
from mathrock.files.tsv import read_rows
from mathrock.songs.shards.stamps import digest_of
from mathrock.songs.shards.tables import write_table
from mathrock.songs.song import Song

COLUMNS = (*Song._fields, "digest")
KNOWN = ("id", "size", "mtime_ns", "digest")
Version = tuple[str, str, str]


def read_known(path: str | Path) -> dict[Version, str]:
    """Read the known digests, by version; none where there is no table, or a damaged one."""
    return {(row["id"], row["size"], row["mtime_ns"]): row["digest"] for row in rows_if_any(path)}


def rows_if_any(path: str | Path) -> list[dict[str, str]]:
    """Read a table that this run writes anew; there is none yet, or it may be damaged."""
    try:
        return read_rows(path)
    except (FileNotFoundError, DamagedFile):
        return []


def write_known(path: str | Path, known: dict[Version, str]) -> None:
    """Write the table that `read_known` reads."""
    write_table(path, KNOWN, ([*version, digest] for version, digest in known.items()))


def write_digests(path: str | Path, songs: list[dict], known: str | Path) -> int:
    """Write the songs of a shard's list, see `write_lists`, with their digests: `COLUMNS`.

    Args:
        known: the table of what is known already; what is found is added.

    Returns:
        How many files were read.
    """
    last, digests, read = read_known(known), {}, 0
    for song in songs:
        version = song["id"], song["size"], song["mtime_ns"]
        is_new = version not in last or song["size"] == "0"  # it may not have been there yet
        if is_new and not song["problem"]:
            digests[version] = digest_of(song["path"])
            read += 1
        else:
            digests[version] = last.get(version, "")
    listed = {song["id"] for song in songs}
    write_known(known, {v: digest for v, digest in last.items() if v[0] in listed} | digests)
    fields = ([song[name] for name in Song._fields] for song in songs)
    rows = ([*row, digest] for row, digest in zip(fields, digests.values(), strict=True))
    write_table(path, COLUMNS, rows)
    return read
