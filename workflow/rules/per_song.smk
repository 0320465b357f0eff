"""What the jobs of songs, of references and of shards are given, and what is asked of them."""

from mathrock.jobs import params as job_params
from mathrock.jobs.params import describe, tracked_file


def of_songs(files, steps, songs=SONGS):
    """Files of each song, or the tables of all shards that list these files after the steps."""
    if SHARDS:
        return collect(
            "results/shards/{step}/{shard}.tsv", step=steps.split(), shard=SHARDS
        )
    return collect(files, song=songs)


def stamp_of(step, *before, shared=()):
    """A param function: the stamp of a song's own job; in a bucket there are no shards to come."""
    if BUCKET:
        return None
    made = {name: getattr(rules, name).output for name in before}
    return job_params.stamp_of(step, made, shared)


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


def get_packed(kind):
    """An input function: of all songs, or of a shard's by its table, the files to be packed."""
    ending = {"packed": "npz", "status": "json"}[kind]
    return lambda wildcards: (
        [f"results/shards/encode_roll/{wildcards.shard}.tsv"]
        if SHARDS
        else collect(f"results/rolls/{{song}}.{ending}", song=SONGS)
    )


def minutes_of(seconds):
    """A resource: the minutes of a step that takes so many seconds a song, for a shard's songs."""
    return job_params.minutes_of_shard(seconds, len(SONGS), len(SHARDS))


def step_of(name, knobs, formats, **others):
    """A param: a step as the jobs of shards do it, by what its rule says of a song's files."""
    done = getattr(rules, name)
    return job_params.shard_step(
        name, done.input, done.output, knobs, formats, **others
    )
