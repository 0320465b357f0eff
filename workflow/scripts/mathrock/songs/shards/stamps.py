"""Stamp a song's artifacts with what they were made of, so that no step makes a song twice.

A stamp holds a key, the digest of all that a step's artifacts are made of: what the step is given,
the code, the files that it reads. It also holds what the artifacts are like, so that what another
way of working made of them since is not taken for what was stamped. Jobs of shards go by stamps.
Jobs of a song, which Snakemake itself keeps current, leave them for when songs come in shards.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from mathrock.files.atomic import write_text
from mathrock.files.digests import file_digest


def make_song(run: Callable, job, log: Callable[[str], None]) -> None:
    """Run a step for one song, as a job of its own, and stamp the artifacts.

    Args:
        run: the step, a function of a module in `song_rules/`.
        job: as Snakemake gives it to a script. `params.song` is the song; `params.stamp` is None
            where songs never come in shards, or a dict:
            path: of the stamp;
            before: {stamp: artifacts} of the steps that this one goes by, as far as the song has
                stamps of them;
            shared: the names of inputs that are for all songs.
            The other params are what shards give to the step.
    """
    if not (place := job.params.stamp):
        run(job, log)
        return
    Path(place["path"]).unlink(missing_ok=True)
    song, made = _read_origin(job)
    run(job, log)
    if None not in made:  # what was edited by hand is nothing that a shard could go by
        write_stamp(place["path"], _key_of_job(job, song, made), list(job.output))


def restamp_song(job) -> bool:
    """Give the stamp of one song's job the key under which the job would stamp now.

    Args:
        job: as `make_song` takes it, of a rule whose `params.stamp` is a dict.

    Returns:
        Whether the stamp has the key. A stamp that does not describe the artifacts, or is of other
        files, stays as it is.
    """
    files = [job.params.stamp["path"], *job.input, *job.output]
    if not all(Path(path).exists() for path in files):
        return False
    song, made = _read_origin(job)
    if None in made:
        return False
    return renew_stamp(job.params.stamp["path"], _key_of_job(job, song, made), list(job.output))


def _read_origin(job) -> tuple[dict, list[str | None]]:
    """Read the song with its file's digest, and the digests of the artifacts it is made from."""
    song, before = dict(job.params.song), job.params.stamp["before"]
    song["digest"] = "" if song["problem"] else digest_of(song["path"])
    stamps = {path: outputs for path, outputs in before.items() if Path(path).exists()}
    return song, [read_stamp(path, None, outputs) for path, outputs in stamps.items()]


def _key_of_job(job, song: dict, made: list[str]) -> str:
    params = {name: it for name, it in job.params.items() if name not in ("song", "stamp")}
    return key_of(params, map(job.input.get, job.params.stamp["shared"]), song, made)


def key_of(params: dict, shared: Iterable[str], song: dict, made: Iterable[str]) -> str:
    """Digest all that a song's artifacts are made of.

    Args:
        params: what the step is given, and code.
        shared: files for all songs; an empty path is none.
        song: its row in a table of digests, see `mathrock.songs.shards.digests`.
        made: the digests of its artifacts of the steps before.

    Returns:
        Two digests, "{settings and code}-{files}", because an update changes the code alone.
    """
    files = [[file_digest(path) for path in shared if path], song, [*made]]
    return f"{_digest(params)}-{_digest(files)}"


def is_of_other_files(path: str | Path, key: str) -> bool:
    """Tell whether a stamp's artifacts were made of other files than those of the key.

    A stamp of an earlier version, whose key is one digest, does not say.
    """
    try:
        found = Path(path).read_text(encoding="utf-8", errors="replace").partition(" ")[0]
    except FileNotFoundError:
        return False
    return "-" in found and found.partition("-")[2] != key.partition("-")[2]


def digest_of(path: str) -> str:
    """Digest a song's file; "" if the file can't be read or isn't there, as its job will say."""
    try:
        facts = Path(path).stat()
        return _digest_at(path, facts.st_size, facts.st_mtime_ns)
    except OSError:
        return ""


@cache  # `--touch` asks for each step of a song
def _digest_at(path: str, size: int, mtime_ns: int) -> str:
    return file_digest(path, digits=32)


def write_stamp(path: str | Path, key: str, outputs: list[str]) -> str:
    """Stamp artifacts that have just been made under this key; return their digest."""
    digest = _digest_of(outputs)
    _write(path, key, digest, outputs)
    return digest


def renew_stamp(path: str | Path, key: str, outputs: list[str]) -> bool:
    """Put another key into the stamp of artifacts that are still what the stamp says.

    Returns:
        Whether the stamp has the key. There may be none, it may be of other artifacts, or they may
        be made of other files.
    """
    digest = None if is_of_other_files(path, key) else read_stamp(path, None, outputs)
    if digest:
        _write(path, key, digest, outputs)
    return bool(digest)


def read_stamp(path: str | Path, key: str | None, outputs: list[str]) -> str | None:
    """Read the digest of artifacts that were made under this key, or under any, if it is None.

    Returns:
        None if there is no such stamp, or if the artifacts are no longer what they were. Artifacts
        that only have another time, as copies do, still are.
    """
    try:
        found, digest, state = Path(path).read_text(encoding="utf-8").split()
        if key not in (None, found):
            return None
        if state != _state(outputs):
            if _digest_of(outputs) != digest:
                return None
            _write(path, found, digest, outputs)
    except (FileNotFoundError, ValueError):  # an artifact is gone; no stamp, or half of one
        return None
    return digest


def _write(path: str | Path, key: str, digest: str, outputs: list[str]) -> None:
    write_text(path, f"{key} {digest} {_state(outputs)}\n")


def _state(outputs: Iterable[str]) -> str:
    """Digest the sizes and times of files.

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
