"""A job for all songs of a shard: a step of the workflow for those that it has to be done for.

Snakemake sees a shard's table; which of the songs in it are done already is known here. A song's
stamp holds a key, the digest of all that its artifacts are made of: what the step is given, the
code, the files that it reads. While the key stays, nothing is done. A stamp goes before the
artifacts are touched and comes back when they are whole, so whatever kills a job, the next one
goes on from there.
"""

import hashlib
import json
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace

from mathrock.atomic import write_text
from mathrock.provenance import file_digest
from mathrock.shardtables import read_table, write_table

TELL_SECONDS = 30


class SongsFailed(RuntimeError):
    """A step failed for some songs of a shard; the message says for which, and why."""


def make_songs(run: Callable, job, tell: Callable[[str], None]) -> None:
    """Do a step, `run`, for each song of a shard; write the table of songs and their files.

    Args:
        run: what does the step for one song, see `mathrock.steps`.
        job: as Snakemake gives it to a script. `input.songs` is the table of the shard's songs,
            `input.made` those of the steps before; other inputs are for all songs. `params.step`
            is a dict:
            inputs, outputs: the song's files by name, with {song} in them;
            params: what `run` is given and what else makes its outputs stale, such as code;
            formats: of the songs that the step is for;
            songs: their ids, if it is not for all of these.

    Raises:
        SongsFailed: the step failed for some songs; the others are made nevertheless.
        OSError: a file could not be read or written.
    """
    step, done = job.params.step, {}
    shared = {name: path for name, path in job.input.items() if name not in ("songs", "made")}
    version = [step["params"], [file_digest(path) for path in shared.values() if path]]
    before = [
        {row["song"]: row["digest"] for row in read_table(path)}
        for path in job.input.get("made", [])
    ]
    songs = [song for song in read_table(job.input.songs) if _is_for(step, song)]
    failures, news = [], _News(len(songs), tell)
    for song in songs:
        id = song["id"]
        key = _digest([version, song, [made[id] for made in before if id in made]])
        outputs = {name: path.format(song=id) for name, path in step["outputs"].items()}
        stamp = Path(step["stamps"], id)
        found = _read_stamp(stamp, key, outputs.values())
        if not found:
            stamp.unlink(missing_ok=True)
            try:
                run(_job_of(song, shared, outputs, job), tell)
            except OSError:  # a full disk is no song's fault
                raise
            except Exception as error:
                traceback.print_exc()
                failures.append(f"{song['path']}: {type(error).__name__}: {error}")
                continue
            found = _digest([file_digest(path) for path in outputs.values()])
            write_text(stamp, f"{key} {found}\n")
            news.made()
        done[id] = [found, *outputs.values()]
    news.end()
    if failures:
        raise SongsFailed(f"{len(failures)} of {len(songs)} songs failed: {'; '.join(failures)}")
    rows = ([song, *files] for song, files in done.items())
    write_table(job.output[0], ["song", "digest", *step["outputs"]], rows)


def _is_for(step: dict, song: dict) -> bool:
    return song["format"] in step["formats"] and song["id"] in step.get("songs", [song["id"]])


def _job_of(song: dict, shared: dict, outputs: dict, job) -> SimpleNamespace:
    """The job of one song, with the names that its own rule has."""
    step = job.params.step
    inputs = {name: path.format(song=song["id"]) for name, path in step["inputs"].items()}
    return SimpleNamespace(
        input=SimpleNamespace(**shared, **inputs, song=song["path"]),
        output=SimpleNamespace(**outputs),
        params=SimpleNamespace(**step["params"], song=song),
        threads=job.threads,
    )


def _read_stamp(stamp: Path, key: str, outputs: Iterable[str]) -> str | None:
    """The digest of the artifacts that were made under this key, if they are all there."""
    try:
        found, digest = stamp.read_text(encoding="utf-8").split()
    except (OSError, ValueError):
        return None
    return digest if found == key and all(Path(path).is_file() for path in outputs) else None


def _digest(values) -> str:
    text = json.dumps(values, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


class _News:
    """How far the job is, now and then, and how fast it went."""

    def __init__(self, songs: int, tell: Callable[[str], None]):
        self._songs, self._made, self._tell = songs, 0, tell
        self._began = self._told = time.monotonic()

    def made(self) -> None:
        self._made += 1
        if time.monotonic() - self._told > TELL_SECONDS:
            self._told = time.monotonic()
            self._tell(f"{self._line()} so far")

    def end(self) -> None:
        if self._made:
            self._tell(self._line())

    def _line(self) -> str:
        rate = 3600 * self._made / (time.monotonic() - self._began)
        return f"{self._made} of {self._songs} songs were made anew, {rate:.0f} an hour"
