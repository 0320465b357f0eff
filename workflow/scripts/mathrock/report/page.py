"""Write the page: a folder to open from disk, or to zip and send."""

from dataclasses import dataclass, field
from pathlib import Path

import jinja2
from markupsafe import Markup

from mathrock.files.atomic import write_text
from mathrock.files.json_files import read_json
from mathrock.files.whole import check_whole
from mathrock.report import (
    closeness,
    copies,
    experiments,
    making_of,
    models,
    references,
    songs,
    takes,
)
from mathrock.report.formatting import listed, title_of
from mathrock.report.short_paths import shorten
from mathrock.songs.manifest import read_manifest
from mathrock.songs.shards.tables import listed_files

PREVIEWS = ("recording", "transcription", "roll")  # columns of a shard's table of them
SHOWN_SONGS = 500  # of more, not all are in the page's table


@dataclass(frozen=True)
class Sources:
    """The files that the page shows, as paths; the page lists those that are missing.

    The previews lie beside the page: takes/{model}/{track}/, songs/{song}/.
    """

    template: str
    style: str
    script: str
    workflow: str  # the picture of the rules, .svg
    parts: list[str]  # templates that the template includes, beside it
    songs: list[str] = field(default_factory=list)  # the manifest
    key_table: list[str] = field(default_factory=list)
    transcription: list[str] = field(default_factory=list)
    index: list[str] = field(default_factory=list)  # of the packed sequences
    song_previews: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)  # .json of each finished track
    midi: list[str] = field(default_factory=list)
    rolls: list[str] = field(default_factory=list)
    snippets: list[str] = field(default_factory=list)
    take_previews: list[str] = field(default_factory=list)
    metrics: list[str] = field(default_factory=list)
    histories: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    space: list[str] = field(default_factory=list)
    latents: list[str] = field(default_factory=list)
    experiments: list[str] = field(default_factory=list)  # tables
    closeness: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)  # status of each
    reference_midi: list[str] = field(default_factory=list)

    def existing(self, name: str) -> list[str]:
        """List the files of this kind that exist."""
        return [path for path in getattr(self, name) if Path(path).exists()]

    def only(self, name: str) -> str | None:
        """Get the only file of this kind, if it exists."""
        return next(iter(self.existing(name)), None)

    def missing(self) -> list[str]:
        """List the files that do not exist."""
        lists = (paths for paths in vars(self).values() if isinstance(paths, list))
        return [path for paths in lists for path in paths if not Path(path).exists()]


def write_page(
    path: str | Path, sources: Sources, config: dict, benchmarks: str, failures: list[str]
) -> None:
    """Write the page, whole or not at all; it shows what exists and lists what is missing.

    Args:
        config: all settings that are in force.
        benchmarks: the folder of Snakemake's benchmark files.
        failures: lines that say which jobs failed, and why.
    """
    template = Path(sources.template)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template.parent),
        autoescape=True,  # songs' names are not trusted
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shown = _gather(sources, shorten(config, config), benchmarks, failures)
    shown = shorten(shown, config)
    write_text(path, environment.get_template(template.name).render(shown))


def _gather(sources: Sources, config: dict, benchmarks: str, failures: list[str]) -> dict:
    """Gather the variables of the template."""
    only, existing = sources.only, sources.existing
    manifest = read_manifest(only("songs")) if only("songs") else []
    titles = {song["id"]: title_of(song["path"]) for song in manifest}
    index = read_json(only("index")) if only("index") else {"spans": []}
    splits = {span["song"]: span["split"] for span in reversed(index["spans"])}
    groups = takes.gather(
        existing("made"), existing("midi"), existing("rolls"), only("snippets"), titles
    )
    song_previews = listed_files(existing("song_previews"), PREVIEWS)
    for path in [*song_previews, *existing("take_previews")]:
        check_whole(path)
    previews = {
        f"{Path(p).parent.parent.name}/{Path(p).parent.name}/{Path(p).name}"
        for p in existing("take_previews")
    }
    referenced = references.gather(existing("references"), existing("reference_midi"))
    shared_runs = copies.gather(only("copies"), titles | referenced["titles"])
    trained = models.gather(
        existing("metrics"),
        existing("histories"),
        existing("models"),
        only("space"),
        only("latents"),
        titles,
        making_of.memory_of_training(benchmarks),
    )
    song_table = songs.gather(
        only("songs"),
        only("key_table"),
        only("transcription"),
        splits,
        song_previews,
        max(SHOWN_SONGS, config["report"]["songs"]),
    )
    wanted = {Path(path).parent.name for path in sources.metrics}
    return {
        "style": _file(sources.style),
        "script": _file(sources.script),
        "workflow": _svg(sources.workflow),
        "takes": groups,
        "tracks": sum(len(group["cards"]) for group in groups),
        "previews": previews,
        "songs": song_table,
        "models": trained,
        "experiments": experiments.gather(existing("experiments")),
        "closeness": closeness.gather(only("closeness")),
        "copies": shared_runs,
        "copies_by_track": copies.by_track(shared_runs),
        "references": referenced,
        "reference_folder": config["report"]["references"],
        "making_of": making_of.gather(
            benchmarks, existing("made") + existing("metrics"), config, failures
        ),
        "missing": sources.missing(),
        "has_ends": len(splits) < len(index["spans"]),
        "untrained": [name for name in config["models"] if name not in wanted],
        "listed": listed,
    }


def _file(path: str) -> Markup:
    """Read a file whose text is not escaped."""
    return Markup(Path(path).read_text(encoding="utf-8"))


def _svg(path: str) -> Markup:
    """Read an SVG file as an element of the page, without the file's header."""
    text = Path(path).read_text(encoding="utf-8")
    return Markup(text[text.index("<svg") :])
