"""Read config.yaml and find the songs; refuse in one line, before any job, what cannot work."""

import atexit
import os
from collections import Counter

from mathrock.config.experiments import experiments_of
from mathrock.config.checks import check_engine, check_files
from mathrock.config.effects import check_effects
from mathrock.config.errors import SettingsError
from mathrock.config.estimates import ANY_MACHINE, check_estimates, this_machine
from mathrock.config.settings import read_settings
from mathrock.config.take import takes_of
from mathrock.jobs import clock, run_lock
from mathrock.songs.list_file import in_bucket, is_list, on_disk, read_list
from mathrock.songs.listing import describe_left_out, describe_song, find_songs
from mathrock.songs.references import find_references
from mathrock.songs.song import SongsError

SCHEMA = Path(workflow.basedir, "workflow", "schemas", "config.schema.yaml")
DEMO_FOLDER = "data/demo"
LEFT_OUT = Counter()  # the endings of files in the songs folder that are no songs
# Where inputs and outputs are, if not here: then no folder can be looked through.
BUCKET = (
    workflow.storage_settings.default_storage_provider
    and workflow.storage_settings.default_storage_prefix
)


def demo_songs():
    """List the recordings that the demo rules make, whether they are there yet or not."""
    from mathrock.demo.songs import GENRES

    folder = Path(DEMO_FOLDER)
    return [
        describe_song(folder / genre / f"{piece}.mp3", folder)
        for piece, genre in GENRES.items()
    ]


def listed_songs():
    """List the songs of the setting `songs`, in a bucket only those of a list."""
    place = config["songs"]
    if IS_DEMO:
        return demo_songs()
    if is_list(place):
        return [(in_bucket if BUCKET else on_disk)(song) for song in read_list(place)]
    if BUCKET:
        raise SongsError(
            f"songs: {place} is a folder, but songs in {BUCKET} must be in a list, such as"
            f" {place}.txt: see docs/deployment/object-storage.md"
        )
    return find_songs(place, left_out=LEFT_OUT)


def listed_references():
    """List the songs to compare with, in a bucket only those of a list."""
    place = config["report"]["references"]
    references = find_references(place)
    if BUCKET and references and not is_list(place):
        raise SongsError(
            f"report.references: {place} is a folder, but songs in {BUCKET} must be in a list, such"
            f" as {place}.txt: see docs/deployment/object-storage.md"
        )
    return [in_bucket(song) for song in references] if BUCKET else references


if workflow.is_main_process:
    atexit.register(run_lock.name_other_run, Path.cwd())
    clock.repair_dates(".")
    made_in = Path("results") if Path("results").exists() else Path.cwd()
    if not os.access(made_in, os.W_OK):
        sys.exit(
            f"Error: {made_in} can't be written: it is read-only, or another user's. Mend that and"
            " run again"
        )
if BUCKET and "<" in BUCKET:
    sys.exit(f"Error: default-storage-prefix: {BUCKET}: put yours in place of <...>")
try:
    config = read_settings(config, SCHEMA)
    if workflow.is_main_process:  # a job need not load Pedalboard to check them again
        check_effects(config["effects"])
    check_engine(config["render"])
    if BUCKET and config["shards"]:
        raise SettingsError(
            f"shards: songs in {BUCKET} can't be shared out: set it to 0"
        )
    if not config["shards"] and Path("results/shards/lists").exists():
        raise SettingsError(
            "shards: what is in results/ was made in shards: say 1 or more, or delete"
            " results/ to have jobs of each song"
        )
    if not BUCKET:
        check_files(config)
    IS_DEMO = Path(config["songs"]).resolve() == Path(DEMO_FOLDER).resolve()
    if IS_DEMO:
        config["songs"] = DEMO_FOLDER  # however it was spelt
    SONGS = {song.id: song for song in listed_songs()}
    if not SONGS and is_list(config["songs"]):
        raise SongsError(f"{config['songs']} lists no songs: `make list` writes it")
    if not SONGS:
        found = f" but {describe_left_out(LEFT_OUT)}" if LEFT_OUT else ""
        raise SongsError(
            f"no songs in {config['songs']}/{found}: put recordings there (mp3, wav, flac, ogg,"
            " opus, m4a; or MIDI), or type `make demo` to hear the demo songs go through"
        )
    if LEFT_OUT and workflow.is_main_process:
        print(
            f"Left out, in no format that can be read: {describe_left_out(LEFT_OUT)}:"
            " docs/files.md lists the formats",
            file=sys.stderr,
        )
    EXPERIMENTS = experiments_of(config, SCHEMA)
    TAKES = takes_of(config, SONGS)
    if workflow.is_main_process:
        # With `--jobs` they may run on larger machines than this one.
        is_here = workflow.resource_settings.nodes is None
        machine = this_machine() if is_here else ANY_MACHINE
        check_estimates(config, TAKES, EXPERIMENTS, machine)
    REFERENCES = {reference.id: reference for reference in listed_references()}
except (SettingsError, SongsError) as error:
    sys.exit(f"Error: {error}")
