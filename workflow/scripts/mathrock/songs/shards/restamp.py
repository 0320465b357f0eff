"""Renew the stamps of songs when the user declares results current with `snakemake --touch`.

A stamp's key holds digests of code, which an update of the workflow changes. `--touch` makes
Snakemake's own records current; stamps need the same, or the next job of a shard would make all its
songs again. A shard of which a table is missing, or lists other songs than those of today, loses
its tables, so that `--touch` does not declare current what was never made.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from mathrock.files.damage import DamagedFile
from mathrock.files.tsv import read_rows
from mathrock.songs.shards.digests import read_known
from mathrock.songs.shards.jobs import plan_songs
from mathrock.songs.shards.stamps import is_of_other_files, renew_stamp, restamp_song
from mathrock.songs.song import Song

LASTING = ("lists", "digests")  # folders of tables that no step of a song writes


def restamp(jobs: Iterable, log: Callable[[str], None]) -> None:
    """Renew the stamps of all songs that the jobs would make, where the artifacts are intact.

    Args:
        jobs: of Snakemake, those that `--touch` declares done; others than those of songs and
            shards are left alone.
        log: takes a line that says how many stamps there are.
    """
    renewed, unfinished = [], set()
    for job in jobs:
        is_finished = True
        try:
            if job.params.get("step"):
                found = _restamp_shard(job)
                is_finished = found is not None
                renewed += found or []
            elif job.params.get("known"):
                is_finished = _lists_all_songs(job)
            elif job.params.get("stamp"):
                renewed.append(restamp_song(job))
        except DamagedFile:
            is_finished = False
        if not is_finished:
            unfinished.add(Path(job.output[0]))
    for table in unfinished:  # last, because the jobs above read these tables
        for one in table.parents[1].glob(f"*/{table.name}"):
            if one.parent.name not in LASTING:
                one.unlink()
    if renewed:
        left = renewed.count(False)
        rest = (
            f", {left} not: there is none, or the song or an artifact has changed" if left else ""
        )
        log(f"{renewed.count(True)} stamps of songs were renewed{rest}")


def _restamp_shard(job) -> list[bool] | None:
    """Renew the stamps of the songs that a step's table of a shard lists.

    Returns:
        Whether it could be done, of each song; None where the table is not of all songs, or where a
        song has changed since the step was done.
    """
    if not all(Path(path).is_file() for path in [*job.input, *job.output]):
        return None
    listed, works = {row["song"] for row in read_rows(job.output[0])}, plan_songs(job)
    renewed = [
        renew_stamp(work.stamp, work.key, [*work.outputs.values()])
        for work in works
        if work.song["id"] in listed
    ]
    is_current = not any(is_of_other_files(work.stamp, work.key) for work in works)
    return renewed if is_current and len(renewed) == len(works) == len(listed) else None


def _lists_all_songs(job) -> bool:
    """Whether the table of a shard's songs has all of the shard's list, as their files are now."""
    if not Path(job.output[0]).is_file():
        return False
    listed, known = read_rows(job.input.songs), read_known(job.params.known)
    described = [[song[name] for name in Song._fields] for song in listed]
    return described == [
        [song[name] for name in Song._fields] for song in read_rows(job.output[0])
    ] and all((song["id"], song["size"], song["mtime_ns"]) in known for song in listed)
