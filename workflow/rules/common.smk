"""The settings, the songs and the takes; nothing that a single rule could say itself."""

import atexit
import os
import sys
import time
from pathlib import Path

SCRIPTS = Path(workflow.basedir, "workflow", "scripts")
sys.path.insert(0, str(SCRIPTS))

from snakemake.exceptions import WorkflowError

from mathrock import joblog, runlock
from mathrock.effectfiles import files_of
from mathrock.provenance import code_version, file_digest
from mathrock.settings import (
    SettingsError,
    check_engine,
    check_files,
    effects_of,
    nominal_rate,
    read_settings,
    takes_of,
)
from mathrock.references import find_references
from mathrock.songlist import in_bucket, is_list, read_list
from mathrock.songs import SongsError, describe_song, find_songs
from mathrock.variations import Track

SCHEMA = Path(workflow.basedir, "workflow", "schemas", "config.schema.yaml")
DEMO_FOLDER = "data/demo"
SHIPPED_SOUNDFONT = "data/soundfont/rock_gm_fluidr3mono.sf3"
STARTED = time.time()
LONG_AGO = 946_684_800  # 2000 began; a zip file has no dates before 1980
# Where inputs and outputs are, if not here: then no folder can be looked through.
BUCKET = (
    workflow.storage_settings.default_storage_provider
    and workflow.storage_settings.default_storage_prefix
)


def demo_songs():
    """The recordings that the demo rules make, whether they are there yet or not."""
    from mathrock.demosongs import GENRES

    folder = Path(DEMO_FOLDER)
    return [
        describe_song(folder / genre / f"{piece}.mp3", folder)
        for piece, genre in GENRES.items()
    ]


def listed_songs():
    """The songs of the setting `songs`, in a bucket only those of a list."""
    place = config["songs"]
    if IS_DEMO:
        return demo_songs()
    if is_list(place):
        songs = read_list(place)
        return [in_bucket(song) for song in songs] if BUCKET else songs
    if BUCKET:
        raise SongsError(
            f"songs: {place} is a folder, but songs in {BUCKET} must be in a list, such as"
            f" {place}.txt: see docs/places/object-storage.md"
        )
    return find_songs(place)


def listed_references():
    """The songs to compare with, in a bucket only those of a list."""
    place = config["report"]["references"]
    references = find_references(place)
    if BUCKET and references and not is_list(place):
        raise SongsError(
            f"report.references: {place} is a folder, but songs in {BUCKET} must be in a list, such"
            f" as {place}.txt: see docs/places/object-storage.md"
        )
    return [in_bucket(song) for song in references] if BUCKET else references


# What a user can get wrong ends in one line, before any job.
if BUCKET and "<" in BUCKET:
    sys.exit(f"Error: default-storage-prefix: {BUCKET}: put yours in place of <...>")
try:
    config = read_settings(config, SCHEMA)
    check_engine(config["render"])
    if not BUCKET:
        check_files(config)
    IS_DEMO = Path(config["songs"]).resolve() == Path(DEMO_FOLDER).resolve()
    if IS_DEMO:
        config["songs"] = DEMO_FOLDER  # however it was spelt
    SONGS = {song.id: song for song in listed_songs()}
    if not SONGS and is_list(config["songs"]):
        raise SongsError(f"{config['songs']} lists no songs: `make list` writes it")
    if not SONGS:
        raise SongsError(
            f"no songs in {config['songs']}/: put recordings there (mp3, wav, flac, ogg, opus,"
            " m4a or MIDI), or type `make demo` to hear the demo songs go through"
        )
    TAKES = takes_of(config, SONGS)
    REFERENCES = {reference.id: reference for reference in listed_references()}
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


def here(path):
    """Where a result is on this machine: itself, or a copy of what is in the bucket."""
    return Path(workflow.inputfile(path))


def shipped(**files):
    """Params for what comes with the code, a path or a list of paths a name, each with digests so
    that a change makes the outputs stale. As inputs they would be looked for where the songs and
    results are, which may be a bucket; the code goes wherever a job goes."""
    params = {}
    for name, paths in files.items():
        listed = [paths] if isinstance(paths, str) else paths
        digests = ", ".join(f"{path} {file_digest(path)}" for path in listed)
        params |= {name: paths, f"file_{name}": digests}
    return params


# The project's own sound font comes with the code; a user's is an input as his songs are.
SOUNDFONT = config["render"]["soundfont"]
IS_OWN_SOUNDFONT = Path(SOUNDFONT) != Path(SHIPPED_SOUNDFONT)
SOUNDFONT_INPUT = SOUNDFONT if IS_OWN_SOUNDFONT else []
SOUNDFONT_PARAMS = {} if IS_OWN_SOUNDFONT else shipped(soundfont=SHIPPED_SOUNDFONT)


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
    path = song.path
    is_untracked = reads_like_syntax(path) and not song.problem and Path(path).is_file()
    return song._asdict() | ({"digest": file_digest(path)} if is_untracked else {})


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
    if BUCKET:
        atexit.register(say_how_to_go_on)


def say_how_to_go_on():
    """The last words of a run that broke off without any of its own, as it does where the bucket
    stops answering between two jobs."""
    print(
        f"The run broke off. If {BUCKET} failed or did not answer, see above, type the same again"
        " when it does: what is there stays, and the run goes on from it",
        file=sys.stderr,
    )


def print_failures():
    """The last words of a run that failed: each reason in a line."""
    atexit.unregister(say_how_to_go_on)
    print(
        "",
        *joblog.failures_since(here("results/logs"), STARTED),
        "",
        sep="\n",
        file=sys.stderr,
    )


def print_takes():
    """The final word of a run: which takes there are, what they are like, where they are."""
    from mathrock.taketable import show_table

    atexit.unregister(say_how_to_go_on)
    if BUCKET:
        print(f"\nAll is in {BUCKET}: copy its results/report/\n", file=sys.stderr)
        return
    table = Path("results/takes.tsv")
    if table.is_file():
        print(f"\n{show_table(table)}\n", file=sys.stderr)
    if Path("results/report/index.html").is_file():
        print("Listen and look: results/report/index.html\n", file=sys.stderr)


def write_unfinished_report(shown):
    """After a run that failed: the page with what there is, what is missing and what failed. It is
    dated long ago, so that the next run makes it anew. In a bucket nothing can be dated so.
    """
    if BUCKET:
        print(f"What there is, and the logs, are in {BUCKET}", file=sys.stderr)
        return
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
