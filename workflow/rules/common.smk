"""The settings, the songs and the takes; nothing that a single rule could say itself."""

import os
import sys
import time
from pathlib import Path

SCRIPTS = Path(workflow.basedir, "workflow", "scripts")
sys.path.insert(0, str(SCRIPTS))

from snakemake.exceptions import WorkflowError

from mathrock import joblog, runlock
from mathrock.provenance import code_version, file_digest
from mathrock.settings import (
    SettingsError,
    check_render,
    effects_of,
    files_of,
    nominal_rate,
    read_settings,
    takes_of,
)
from mathrock.references import find_references
from mathrock.songs import SongsError, describe_song, find_songs
from mathrock.variations import Track

SCHEMA = Path(workflow.basedir, "workflow", "schemas", "config.schema.yaml")
DEMO_FOLDER = "data/demo"
STARTED = time.time()
LONG_AGO = 946_684_800  # 2000 began; a zip file has no dates before 1980


def demo_songs():
    """The recordings that the demo rules make, whether they are there yet or not."""
    from mathrock.demosongs import GENRES

    folder = Path(DEMO_FOLDER)
    return [
        describe_song(folder / genre / f"{piece}.mp3", folder)
        for piece, genre in GENRES.items()
    ]


# What a user can get wrong ends in one line, before any job.
try:
    config = read_settings(config, SCHEMA)
    check_render(config["render"])
    IS_DEMO = Path(config["songs"]).resolve() == Path(DEMO_FOLDER).resolve()
    if IS_DEMO:
        config["songs"] = DEMO_FOLDER  # however it was spelt
    SONGS = {
        song.id: song
        for song in (demo_songs() if IS_DEMO else find_songs(config["songs"]))
    }
    if not SONGS:
        raise SongsError(
            f"no songs in {config['songs']}/: put recordings there (mp3, wav, flac, ogg, opus,"
            " m4a or MIDI), or type `make demo` to hear the demo songs go through"
        )
    TAKES = takes_of(config, SONGS)
    REFERENCES = {
        reference.id: reference
        for reference in find_references(config["report"]["references"])
    }
except (SettingsError, SongsError) as error:
    sys.exit(f"Error: {error}")

MODELS = sorted({model for take in TAKES.values() for model in take.models})
TRACKS = {
    track: origin
    for name, take in TAKES.items()
    for track, origin in take.tracks(name).items()
}
# What is made of them, as paths below results/generated, results/audio and results/fx.
MADE_TAKES = [
    f"{model}/{name}" for name, take in TAKES.items() for model in take.models
]
MADE_TRACKS = [
    f"{model}/{name}"
    for name, track in TRACKS.items()
    for model in TAKES[track.take].models
]
# Songs to compare with lie where the takes of a model would, and become tracks as those do.
REFERENCE_MODEL = "references"
REFERENCE_TRACKS = {
    reference: Track(reference, variation=None) for reference in REFERENCES
}
MADE_REFERENCES = [f"{REFERENCE_MODEL}/{reference}" for reference in REFERENCES]
SEQUENCES = collect(
    "results/sequences/{file}",
    file=["index.json", "steps.npy", "echoes.npy", "bars.npy"],
)
# How the songs are played: models don't see it, so it's no input of a training.
PLAYED = collect("results/sequences/{file}", file=["velocities.npy", "drums.npy"])


wildcard_constraints:
    song=r"[^/]+",
    model="|".join(config["models"]),
    take="|".join(TAKES),
    track="|".join([*TRACKS, *REFERENCES]),
    reference="|".join(REFERENCES) or "(?!)",


def code_of(script):
    """A param for each library module that a script runs, with its digest, so that a change makes
    the outputs stale and Snakemake's reason names the module."""
    digests = code_version(SCRIPTS / script).items()
    return {
        "_".join(
            ["code", *Path(module).with_suffix("").parts[1:]]
        ): f"{module} {digest}"
        for module, digest in digests
    }


def per_attempt(amount):
    """A resource, such as minutes: a job that is tried again, because it ran out of it, gets more."""
    return lambda wildcards, attempt: amount * attempt


def get_song_file(wildcards):
    """The song's file, if Snakemake can track it."""
    if wildcards.song not in SONGS:
        raise WorkflowError(
            f"there is no song {wildcards.song}; results/songs.tsv lists their ids"
        )
    return tracked_file(SONGS[wildcards.song])


def get_song(wildcards):
    """What the listing knows of the song."""
    return describe(SONGS[wildcards.song])


def get_reference_file(wildcards):
    """The reference's file, if Snakemake can track it."""
    return tracked_file(REFERENCES[wildcards.reference])


def get_reference(wildcards):
    """What the listing knows of the reference."""
    return describe(REFERENCES[wildcards.reference])


def reads_like_syntax(path):
    """Whether Snakemake takes a part of the path for a wildcard, {}, or a path variable, <>."""
    return "{" in path or "<" in path


def tracked_file(song):
    """The file of a song or a reference as an input."""
    return [] if song.problem or reads_like_syntax(song.path) else song.path


def describe(song):
    """A song or a reference as a param, with the digest of a file that Snakemake cannot track
    because of its name."""
    is_untracked = reads_like_syntax(song.path) and not song.problem
    return song._asdict() | ({"digest": file_digest(song.path)} if is_untracked else {})


def get_origin(wildcards):
    """Of which take, or reference, the track is made."""
    is_reference = wildcards.model == REFERENCE_MODEL
    return (REFERENCE_TRACKS if is_reference else TRACKS)[wildcards.track]


def get_effects(wildcards):
    """What the effects do with the track's take; with a reference what they do with all."""
    if wildcards.model == REFERENCE_MODEL:
        return effects_of(config)
    return TAKES[get_origin(wildcards).take].effects


def get_effect_files(wildcards):
    """Impulse responses and plug-ins that the track's chains name: changed, they make it stale."""
    return files_of(get_effects(wildcards)["chains"])


def get_take_file(kind):
    """An input function: the file of this kind of the take that the track comes from."""
    return lambda wildcards: (
        f"results/generated/{wildcards.model}/{get_origin(wildcards).take}.{kind}"
    )


def get_variation(wildcards):
    """Which of its take's variations the track is, from 1, or None."""
    return get_origin(wildcards).variation


def take_folder():
    """Let no other run work in this folder, and clean up after one that was killed."""
    try:
        for line in runlock.hold(Path.cwd()):
            print(line, file=sys.stderr)
    except runlock.FolderInUse as error:
        raise WorkflowError(str(error))


def print_failures():
    """The last words of a run that failed: each reason in a line."""
    print(
        "",
        *joblog.failures_since("results/logs", STARTED),
        "",
        sep="\n",
        file=sys.stderr,
    )


def print_takes():
    """The final word of a run: which takes there are, what they are like, where they are."""
    from mathrock.taketable import show_table

    table = Path("results/takes.tsv")
    if table.is_file():
        print(f"\n{show_table(table)}\n", file=sys.stderr)
    if Path("results/report/index.html").is_file():
        print("Listen and look: results/report/index.html\n", file=sys.stderr)


def write_unfinished_report(shown):
    """After a run that failed: the page with what there is, what is missing and what failed. It is
    dated long ago, so that the next run makes it anew."""
    from mathrock.report.page import Sources, write_page

    page, failures = Path("results/report/index.html"), joblog.failures_since(
        "results/logs", STARTED
    )
    try:
        write_page(page, Sources(**shown), config, "results/benchmarks", failures)
        os.utime(page, (LONG_AGO, LONG_AGO))
    except Exception as error:  # the failure itself is the news, not this page
        print(f"The page {page} could not be written: {error}", file=sys.stderr)
    else:
        print(f"What there is, and what is missing, is on {page}", file=sys.stderr)
