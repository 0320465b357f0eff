"""What there is to make, as closed sets, and the input and param functions that rules share."""

from snakemake.exceptions import WorkflowError

from mathrock.config.effects import effects_of
from mathrock.generation.variations import Track
from mathrock.jobs.code_version import code_digest, code_params
from mathrock.jobs.params import per_attempt, shipped
from mathrock.models.catalogue import CATALOGUE
from mathrock.rendering.effects.files import files_of
from mathrock.songs.shards.lists import shard_names, write_lists

SHIPPED_SOUNDFONT = "data/soundfont/rock_gm_fluidr3mono.sf3"

MODELS = sorted({model for take in TAKES.values() for model in take.models})
WITH_LATENTS = [model for model in MODELS if CATALOGUE[model].has_latents]
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
# How the songs are played: models don't see it, so it's no input of a training.
PLAYED = collect(
    "results/sequences/{shard}/{file}",
    shard=PACKED,
    file=["velocities.npy", "drums.npy"],
)
# The project's own sound font comes with the code; a user's is an input as his songs are.
SOUNDFONT = config["render"]["soundfont"]
IS_OWN_SOUNDFONT = Path(SOUNDFONT) != Path(SHIPPED_SOUNDFONT)
SOUNDFONT_INPUT = SOUNDFONT if IS_OWN_SOUNDFONT else []
SOUNDFONT_PARAMS = {} if IS_OWN_SOUNDFONT else shipped(soundfont=SHIPPED_SOUNDFONT)


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


def get_origin(wildcards):
    """Of which take, or reference, the track is made."""
    is_reference = wildcards.model == REFERENCE_MODEL
    return (REFERENCE_TRACKS if is_reference else TRACKS)[wildcards.track]


def get_take_file(kind):
    """An input function: the file of this kind of the take that the track comes from."""
    return lambda wildcards: (
        f"results/generated/{wildcards.model}/{get_origin(wildcards).take}.{kind}"
    )


def get_variation(wildcards):
    """Which of its take's variations the track is, from 1, or None."""
    return get_origin(wildcards).variation


def get_effects(wildcards):
    """What the effects do with the track's take; with a reference what they do with all."""
    if wildcards.model == REFERENCE_MODEL:
        return effects_of(config)
    return TAKES[get_origin(wildcards).take].effects


def get_effect_files(wildcards):
    """Impulse responses and plug-ins that the track's chains name: changed, they make it stale."""
    return files_of(get_effects(wildcards)["chains"])
