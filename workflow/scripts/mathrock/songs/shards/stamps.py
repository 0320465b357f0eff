"""What a song's artifacts were made of and what they are like, so that no step does a song twice.

A stamp holds a key, the digest of all that a step's artifacts are made of: what the step is given,
the code, the files that it reads. It also holds what the artifacts are like, so that what another
way of working made of them since is not taken for what was stamped. Jobs of shards go by stamps.
Jobs of a song, which Snakemake itself keeps current, leave them for when songs come in shards.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from mathrock.files.atomic import write_text
from mathrock.files.digests import file_digest


def make_song(run: Callable, job, tell: Callable[[str], None]) -> None:
    """Do a step, `run`, for one song, as a job of its own, and stamp what it made.

    Args:
        run: what does the step, see `mathrock.steps`.
        job: as Snakemake gives it to a script. `params.song` is the song; `params.stamp` is None
            where songs never come in shards, or a dict:
            path: of the stamp;
            before: {stamp: artifacts} of the steps that this one goes by, as far as the song has
                stamps of them;
            shared: the names of inputs that are for all songs.
            The other params are what shards give to the step.
    """
    if not (place := job.params.stamp):
        run(job, tell)
        return
    Path(place["path"]).unlink(missing_ok=True)
    song = dict(job.params.song)
    song["digest"] = "" if song["problem"] else digest_of(song["path"])
    before = {path: outputs for path, outputs in place["before"].items() if Path(path).exists()}
    made = [read_stamp(path, None, outputs) for path, outputs in before.items()]
    run(job, tell)
    if None not in made:  # what was edited by hand is nothing that a shard could go by
        params = {name: it for name, it in job.params.items() if name not in ("song", "stamp")}
        key = key_of(params, map(job.input.get, place["shared"]), song, made)
        write_stamp(place["path"], key, list(job.output))


def key_of(params: dict, shared: Iterable[str], song: dict, made: Iterable[str]) -> str:
    """The key of a song's artifacts.

    Args:
        params: what the step is given, and code.
        shared: files for all songs; an empty path is none.
        song: its row in a table of digests, see `songdigests`.
        made: the digests of its artifacts of the steps before.
    """
    return _digest([[params, [file_digest(path) for path in shared if path]], song, [*made]])


def digest_of(path: str) -> str:
    """Of a song's file. Of what can't be read none, as of what isn't there: its job will say so."""
    try:
        return file_digest(path, digits=32)
    except OSError:
        return ""


def write_stamp(path: str | Path, key: str, outputs: list[str]) -> str:
    """Stamp artifacts that have just been made under this key; their digest."""
    digest = _digest_of(outputs)
    write_text(path, f"{key} {digest} {_state(outputs)}\n")
    return digest


def read_stamp(path: str | Path, key: str | None, outputs: list[str]) -> str | None:
    """The digest of the artifacts that were made under this key, or under any, if it is None; and
    if they still are what they were. If they only have another time, as copies do, they are."""
    try:
        found, digest, state = Path(path).read_text(encoding="utf-8").split()
        if key not in (None, found):
            return None
        if state != _state(outputs):
            if _digest_of(outputs) != digest:
                return None
            write_text(path, f"{found} {digest} {_state(outputs)}\n")
    except (FileNotFoundError, ValueError):  # an artifact is gone; no stamp, or half of one
        return None
    return digest


def _state(outputs: Iterable[str]) -> str:
    """Sizes and times of files, in short.

    Raises:
        FileNotFoundError: one is not there.
    """
    facts = map(os.stat, outputs)
    return _digest([(fact.st_size, fact.st_mtime_ns) for fact in facts])


def _digest_of(outputs: Iterable[str]) -> str:
    return _digest([file_digest(path) for path in outputs])


def _digest(values) -> str:
    text = json.dumps(values, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]
