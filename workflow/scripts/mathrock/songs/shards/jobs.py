"""Run a step of the workflow for those songs of a shard that are not done yet.

Snakemake sees a shard's table; which of the songs in it are done already is known here, by their
stamps (`mathrock.songs.shards.stamps`). While the key of a song's stamp stays, nothing is done. A
stamp is removed before the artifacts are touched and written when they are whole, so whatever kills
a job, the next one goes on from there.
"""

import errno
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

from mathrock.files.atomic import DiskFull
from mathrock.files.damage import DamagedFile
from mathrock.files.tsv import read_rows
from mathrock.songs.shards.stamps import key_of, read_stamp, write_stamp
from mathrock.songs.shards.tables import check_there, make_again, write_table

TELL_SECONDS = 30  # between two lines of progress
NAMED = 3  # songs at most whose failure the last line names; the log has all
NO_SONGS_FAULT = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)  # full and read-only disks


class SongsFailed(RuntimeError):
    """A step failed for some songs of a shard; the message says for which, and why."""


class SongWork(NamedTuple):
    """The work of a step for one song."""

    song: dict[str, str]  # its row in the table of the shard's songs
    key: str  # of the stamp
    stamp: Path
    outputs: dict[str, str]  # {name: path}


def make_songs(run: Callable, job, log: Callable[[str], None]) -> None:
    """Run a step for each song of a shard, and write the table of songs and their files.

    Args:
        run: the step for one song, a function of a module in `song_rules/`.
        job: as Snakemake gives it to a script. `input.songs` is the table of the shard's songs,
            `input.made` those of the steps before; other inputs are for all songs. `params.step`
            is a dict:
            stamps: the folder of the songs' stamps;
            inputs, outputs: the song's files by name, with {song} in them;
            params: what `run` is given and what else makes its outputs stale, such as code;
            formats: of the songs that the step is for;
            songs: their ids, if it is not for all of these.

    Raises:
        SongsFailed: the step failed for some songs; the others are made nevertheless.
        ArtifactGone: a song's input is; the table that promises it is gone then, too, so that the
            next run makes it.
        OSError: the disk is full, or read-only.
    """
    step, made, done = job.params.step, job.input.get("made", []), {}
    works = plan_songs(job)
    failures, progress = [], _Progress(len(works), log)
    for song, key, stamp, outputs in works:
        found = read_stamp(stamp, key, [*outputs.values()])
        if not found:
            stamp.unlink(missing_ok=True)
            its_job = _job_of(song, outputs, job)
            for name in step["inputs"]:
                check_there(getattr(its_job.input, name), made)
            try:
                run(its_job, _named(song["path"], log))
            except Exception as error:
                if isinstance(error, DiskFull) or getattr(error, "errno", None) in NO_SONGS_FAULT:
                    raise
                traceback.print_exc()
                if isinstance(error, DamagedFile):
                    make_again(made)
                failures.append(f"{song['path']}: {type(error).__name__}: {error}")
                continue
            found = write_stamp(stamp, key, [*outputs.values()])
            progress.count()
        done[song["id"]] = [found, *outputs.values()]
    progress.end()
    if failures:
        more = [f"and {len(failures) - NAMED} more"] if len(failures) > NAMED else []
        told = "; ".join([*failures[:NAMED], *more])
        raise SongsFailed(f"{len(failures)} of {len(works)} songs failed: {told}")
    rows = ([song, *files] for song, files in done.items())
    write_table(job.output[0], ["song", "digest", *step["outputs"]], rows)


def plan_songs(job) -> list[SongWork]:
    """List what a job of a shard, see `make_songs`, makes of each of its songs, and the keys."""
    step, shared = job.params.step, _shared_inputs(job)
    before = [
        {row["song"]: row["digest"] for row in read_rows(path)}
        for path in job.input.get("made", [])
    ]
    works = []
    for song in read_rows(job.input.songs):
        id = song["id"]
        if song["format"] in step["formats"] and id in step.get("songs", [id]):
            made = [digests[id] for digests in before if id in digests]
            key = key_of(step["params"], shared.values(), song, made)
            outputs = {name: path.format(song=id) for name, path in step["outputs"].items()}
            works.append(SongWork(song, key, Path(step["stamps"], id), outputs))
    return works


def _shared_inputs(job) -> dict[str, str]:
    return {name: path for name, path in job.input.items() if name not in ("songs", "made")}


def _job_of(song: dict, outputs: dict, job) -> SimpleNamespace:
    """Make the job of one song, with the names that its own rule has."""
    step = job.params.step
    inputs = {name: path.format(song=song["id"]) for name, path in step["inputs"].items()}
    return SimpleNamespace(
        input=SimpleNamespace(**_shared_inputs(job), **inputs, song=song["path"]),
        output=SimpleNamespace(**outputs),
        params=SimpleNamespace(**step["params"], song=song),
        threads=job.threads,
    )


def _named(path: str, log: Callable[[str], None]) -> Callable[[str], None]:
    """Make a `log` for one song: the log gets each line with the song's name, the terminal only a
    line that names the song itself."""
    return lambda line: log(line) if line.startswith(path) else print(f"{path}: {line}")


class _Progress:
    """Lines, now and then, that say how far the job is and how fast it went."""

    def __init__(self, songs: int, log: Callable[[str], None]):
        self._songs, self._made, self._log = songs, 0, log
        self._began = self._told = time.monotonic()

    def count(self) -> None:
        """Count a song that was made, and log a line now and then."""
        self._made += 1
        if time.monotonic() - self._told > TELL_SECONDS:
            self._told = time.monotonic()
            self._log(f"{self._line()} so far")

    def end(self) -> None:
        """Log the last line, if any song was made."""
        if self._made:
            self._log(self._line())

    def _line(self) -> str:
        rate = 3600 * self._made / (time.monotonic() - self._began)
        return f"{self._made} of {self._songs} songs were made anew, {rate:.0f} an hour"
