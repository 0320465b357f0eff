"""The settings, the songs and the takes; nothing that a single rule could say itself."""

import atexit
import os
import sys
from pathlib import Path

SCRIPTS = Path(workflow.basedir, "workflow", "scripts")
sys.path.insert(0, str(SCRIPTS))

from snakemake.exceptions import WorkflowError

from mathrock.jobs import clock, run_lock
from mathrock.rendering.effects.files import files_of
from mathrock.config.experiments import experiments_of
from mathrock.jobs.code_version import code_params
from mathrock.files.digests import file_digest
from mathrock.config.checks import check_engine, check_files
from mathrock.config.effects import check_effects, effects_of
from mathrock.config.errors import SettingsError
from mathrock.config.settings import nominal_rate, read_settings
from mathrock.config.take import takes_of
from mathrock.songs.references import find_references
from mathrock.songs.shards.lists import shard_names, shard_of, write_lists
from mathrock.songs.list_file import in_bucket, is_list, on_disk, read_list
from mathrock.songs.song import AUDIO_FORMATS, FORMATS, MIDI_FORMATS, SongsError
from mathrock.songs.listing import describe_song, find_songs
from mathrock.generation.variations import Track

SCHEMA = Path(workflow.basedir, "workflow", "schemas", "config.schema.yaml")
DEMO_FOLDER = "data/demo"
SHIPPED_SOUNDFONT = "data/soundfont/rock_gm_fluidr3mono.sf3"
# Where inputs and outputs are, if not here: then no folder can be looked through.
BUCKET = (
    workflow.storage_settings.default_storage_provider
    and workflow.storage_settings.default_storage_prefix
)


def demo_songs():
    """The recordings that the demo rules make, whether they are there yet or not."""
    from mathrock.demo.songs import GENRES

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
        return [(in_bucket if BUCKET else on_disk)(song) for song in read_list(place)]
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


if workflow.is_main_process:
    atexit.register(run_lock.name_other_run, Path.cwd())
    clock.settle(".")
    made_in = Path("results") if Path("results").exists() else Path.cwd()
    if not os.access(made_in, os.W_OK):
        sys.exit(
            f"Error: {made_in} can't be written: it is read-only, or another user's. Mend that and"
            " run again"
        )

# What a user can get wrong ends in one line, before any job.
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
        raise SongsError(
            f"no songs in {config['songs']}/: put recordings there (mp3, wav, flac, ogg, opus,"
            " m4a or MIDI), or type `make demo` to hear the demo songs go through"
        )
    EXPERIMENTS = experiments_of(config, SCHEMA)
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
# Many songs are shared out among shards, and jobs are a shard's; else each song has its own.
SHARDS = shard_names(config["shards"])
if SHARDS and workflow.is_main_process:
    write_lists(
        SONGS.values(),
        len(SHARDS),
        "results/shards",
        lambda line: print(line, file=sys.stderr),
        has_versions=not IS_DEMO,
    )
PACKED = SHARDS or ["all"]
SEQUENCES = [
    "results/sequences/index.json",
    *collect(
        "results/sequences/{shard}/{file}",
        shard=PACKED,
        file=["steps.npy", "echoes.npy", "bars.npy"],
    ),
]
# The experiments' trainings, as paths below results/experiments.
CELLS = [
    cell for name, experiment in EXPERIMENTS.items() for cell in experiment.cells(name)
]
COMPARED_CELLS = collect("results/experiments/{experiment}.tsv", experiment=EXPERIMENTS)
MADE_CELLS = [
    *collect(
        "results/experiments/{cell}/{file}",
        cell=CELLS,
        file=["model.keras", "metrics.json"],
    ),
    *collect(
        "results/experiments/{cell}/latents.npz",
        cell=[cell for cell in CELLS if Path(cell).parts[1] == "vae"],
    ),
    *COMPARED_CELLS,
]
# How the songs are played: models don't see it, so it's no input of a training.
PLAYED = collect(
    "results/sequences/{shard}/{file}",
    shard=PACKED,
    file=["velocities.npy", "drums.npy"],
)


wildcard_constraints:
    shard="|".join(PACKED),
    song=r"[^/]+",
    model="|".join(config["models"]),
    take="|".join(TAKES),
    track="|".join([*TRACKS, *REFERENCES]),
    reference="|".join(REFERENCES) or "(?!)",
    experiment="|".join(EXPERIMENTS) or "(?!)",
    setting=r"[^/]+",
    seed="0|[1-9][0-9]*",


def code_of(script):
    """The params by which a rule depends on its script's code."""
    return code_params(SCRIPTS / script)


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


def of_songs(files, steps, songs=SONGS):
    """Files of each song, or the tables of all shards that list these files after the steps."""
    if SHARDS:
        return collect(
            "results/shards/{step}/{shard}.tsv", step=steps.split(), shard=SHARDS
        )
    return collect(files, song=songs)


def stamp_of(step, *before, shared=()):
    """A param, a function: where a song's own job tells what it made the artifacts of, and after
    which steps, so that nothing is made anew when songs come in shards."""
    stamps = "results/shards/stamps/{step}/{song}"
    if BUCKET:
        return None
    made = {name: patterns_in(getattr(rules, name).output).values() for name in before}
    return lambda wildcards: {
        "path": stamps.format(step=step, song=wildcards.song),
        "before": {
            stamps.format(step=name, song=wildcards.song): [
                file.format(song=wildcards.song) for file in files
            ]
            for name, files in made.items()
        },
        "shared": list(shared),
    }


def shard_step(name, rule, knobs, formats, **others):
    """A step of the workflow as the jobs of shards do it: what its rule says of a song's files."""
    return {
        "name": name,
        "inputs": patterns_in(rule.input),
        "outputs": patterns_in(rule.output),
        "params": knobs,
        "formats": list(formats),
        "stamps": f"results/shards/stamps/{name}",
        **others,
    }


def patterns_in(files):
    """The files of a rule that are a song's own, by name."""
    return {
        name: str(file)
        for name, file in files.items()
        if isinstance(file, str) and "{song}" in file
    }


def get_packed(kind):
    """An input function: of all songs, or of a shard's by its table, the files to be packed."""
    ending = {"packed": "npz", "status": "json"}[kind]
    return lambda wildcards: (
        [f"results/shards/encode_roll/{wildcards.shard}.tsv"]
        if SHARDS
        else collect(f"results/rolls/{{song}}.{ending}", song=SONGS)
    )


def minutes_of_shard(seconds):
    """The minutes of a step for all songs of a shard, by its seconds a song.

    Rules say four times what songs of four minutes take, or more: hearing 4 s, all steps 7 s.
    """
    return 5 + round(seconds * len(SONGS) / max(1, len(SHARDS)) / 60)


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
    because of its name; one that is gone meanwhile has none, and its job says so."""
    is_untracked = reads_like_syntax(song.path) and not song.problem
    if not is_untracked or not Path(song.path).exists():
        return song._asdict()
    return song._asdict() | {"digest": file_digest(song.path)}


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


def files_of_cell(model):
    """Outputs of a training for an experiment: those that every model has."""
    folder = f"results/experiments/{{experiment}}/{model}/{{setting}}/{{seed}}"
    return {
        "model": f"{folder}/model.keras",
        "history": f"{folder}/history.csv",
        "metrics": f"{folder}/metrics.json",
    }


def params_of_cell(model):
    """What a training for an experiment does otherwise than the model's own."""
    cell = f"{{experiment}}/{model}/{{setting}}/{{seed}}"
    return {
        "knobs": get_cell_knobs(model),
        "checkpoints": f"results/experiments/{cell}/checkpoints",
        "tensorboard": f"results/experiments/{cell}/tensorboard",
        "cell": cell,
    }


def get_cell_knobs(model):
    """A param function: the knobs of the model's training for an experiment."""

    def get(wildcards):
        knobs = EXPERIMENTS[wildcards.experiment].knobs
        if (model, wildcards.setting) not in knobs:
            raise WorkflowError(
                f"the experiment {wildcards.experiment} does not try {model} with a setting"
                f" {wildcards.setting}: see experiments in config.yaml"
            )
        return knobs[model, wildcards.setting] | {"seed": int(wildcards.seed)}

    return get


def get_cell_metrics(wildcards):
    """The metrics of all trainings of an experiment."""
    name = wildcards.experiment
    return collect(
        "results/experiments/{cell}/metrics.json", cell=EXPERIMENTS[name].cells(name)
    )
