"""Params and resources of rules, computed in Python so that tests can check them without Snakemake.

Snakemake compares the values of params, so each of them is made of what a job's result depends on.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from mathrock.files.digests import file_digest

STAMPS = "results/shards/stamps"


def shipped(**files: str | Iterable[str]) -> dict[str, Any]:
    """Make params for files that come with the code, with digests that make outputs stale.

    As inputs such files would be looked for where songs and results are, which may be a bucket; the
    code goes wherever a job goes.

    Args:
        files: a path or a list of paths by the name of their param.

    Returns:
        The files by name, and "path digest, ..." by "file_" and the name.
    """
    params = {}
    for name, paths in files.items():
        listed = [paths] if isinstance(paths, str) else paths
        digests = ", ".join(f"{path} {file_digest(path)}" for path in listed)
        params |= {name: paths, f"file_{name}": digests}
    return params


def patterns_in(files: Mapping[str, Any]) -> dict[str, str]:
    """Find the files of a rule that are a song's own, with `{song}` in their path, by name."""
    return {
        name: str(file)
        for name, file in files.items()
        if isinstance(file, str) and "{song}" in file
    }


def stamp_of(
    step: str, before: Mapping[str, Mapping[str, Any]], shared: Iterable[str] = ()
) -> Callable[[Any], dict]:
    """Make a param function that says where a song's own job writes its stamp.

    The stamp tells what the artifacts were made of, so that nothing is made again when the songs
    come in shards later.

    Args:
        step: the rule of the job.
        before: the outputs of each earlier step by the step's name.
        shared: names of the inputs that all songs share.

    Returns:
        A function of the wildcards; it gives {"path": the stamp's path, "before": {path of an
        earlier step's stamp: [that step's files of this song]}, "shared": the names}.
    """
    made = {name: patterns_in(outputs).values() for name, outputs in before.items()}

    def stamp(wildcards):
        song = wildcards.song
        return {
            "path": f"{STAMPS}/{step}/{song}",
            "before": {
                f"{STAMPS}/{name}/{song}": [file.format(song=song) for file in files]
                for name, files in made.items()
            },
            "shared": list(shared),
        }

    return stamp


def shard_step(
    name: str,
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
    params: Mapping[str, Any],
    formats: Iterable[str],
    **others: Any,
) -> dict[str, Any]:
    """Describe a step of the workflow as the jobs of shards do it: see `songs.shards.jobs`.

    Args:
        name: the step's rule.
        inputs, outputs: files of that rule by name; those of a song are kept.
        params: what the rule does with a song's files, and what makes them stale.
        formats: the formats of songs that the step is for.
        others: further keys, such as `songs`, the ids of the songs that the step is for.
    """
    return {
        "name": name,
        "inputs": patterns_in(inputs),
        "outputs": patterns_in(outputs),
        "params": params,
        "formats": list(formats),
        "stamps": f"{STAMPS}/{name}",
        **others,
    }


def minutes_of_shard(seconds: float, songs: int, shards: int) -> int:
    """Return the minutes that a step may take for all songs of a shard.

    Rules say four times what songs of four minutes take, or more: hearing 4 s, all steps 7 s.

    Args:
        seconds: of the step, for one song.
        songs, shards: how many there are; 0 shards count as one.
    """
    return 5 + round(seconds * songs / max(1, shards) / 60)


def per_attempt(amount: int) -> Callable[[Any, int], int]:
    """Make a resource function: a job that is tried again, because it ran out, gets more."""
    return lambda wildcards, attempt: amount * attempt


def reads_like_syntax(path: str) -> bool:
    """Tell whether Snakemake takes part of a path for a wildcard, {}, or a path variable, <>."""
    return "{" in path or "<" in path


def tracked_file(song) -> str | list:
    """Return the file of a song or a reference as an input, or no file if it cannot be tracked.

    Args:
        song: a named tuple with a `path` and a `problem`, which is "" where there is none.
    """
    return [] if song.problem or reads_like_syntax(song.path) else song.path


def describe(song) -> dict[str, Any]:
    """Return a song or a reference as a param.

    With a file that Snakemake cannot track because of its name goes the file's digest. A file that
    is gone meanwhile has no digest, and its job says that the file is gone.

    Args:
        song: as of `tracked_file`.
    """
    is_untracked = reads_like_syntax(song.path) and not song.problem
    if not is_untracked or not Path(song.path).exists():
        return song._asdict()
    return song._asdict() | {"digest": file_digest(song.path)}
