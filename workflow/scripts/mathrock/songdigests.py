"""The digests of songs' files, which are read only where their size or time has changed."""

from pathlib import Path

from mathrock.provenance import file_digest
from mathrock.shardtables import read_table, write_table
from mathrock.songs import Song

COLUMNS = (*Song._fields, "digest")
KNOWN = ("id", "size", "mtime_ns", "digest")


def write_digests(path: str | Path, songs: list[dict], known: str | Path) -> int:
    """Write the songs of a shard's list, see `shards`, with their digests: `COLUMNS`.

    A song that only got another time has the same digest, so that nothing is done for it again.

    Args:
        known: a file of what is known from last time; without it all are read.

    Returns:
        How many files were read.
    """
    last = {
        (row["id"], row["size"], row["mtime_ns"]): row["digest"]
        for row in (read_table(known) if Path(known).is_file() else [])
        if row["size"] != "0"  # it may not have been there yet
    }
    found = {}
    for song in songs:
        version = song["id"], song["size"], song["mtime_ns"]
        found[version] = last[version] if version in last else _digest_of(song)
    write_table(known, KNOWN, ([*version, digest] for version, digest in found.items()))
    fields = ([song[name] for name in Song._fields] for song in songs)
    rows = ([*row, digest] for row, digest in zip(fields, found.values(), strict=True))
    write_table(path, COLUMNS, rows)
    return len(found.keys() - last.keys())


def _digest_of(song: dict) -> str:
    """Of what can't be read none, as of what isn't there: the song's next job will say so."""
    try:
        return "" if song["problem"] else file_digest(song["path"], digits=32)
    except OSError:
        return ""
