"""Gather the page's section on takes: takes of one name, which continue one snippet, together."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from mathrock.files.arrays import map_array
from mathrock.files.json_files import read_json
from mathrock.files.tsv import read_rows
from mathrock.formats.midi.reader import read_score
from mathrock.generation.timeline import timeline_of
from mathrock.generation.variations import pick
from mathrock.models.catalogue import CATALOGUE
from mathrock.music.bars import from_rows
from mathrock.music.grid import grid_through, time_grid
from mathrock.music.score import Note, Score
from mathrock.pianoroll import encoding
from mathrock.report.formatting import clock, note_name, number
from mathrock.report.roll_drawing import DRUMS, draw, pitch_range, voices_of

EFFECTS = ("parts", "master", "chains")


def picture(
    score: Score,
    label: str,
    begin: float = 0.0,
    end: float | None = None,
    seed: Iterable[Note] = (),
    shaded: tuple[float, float] | None = None,
    bars: Iterable[float] = (),
) -> dict:
    """Draw a piano roll; return it with its labels: the highest and lowest pitch, and times.

    Args:
        begin, end: where it begins and ends, in seconds of the score; the begin is negative where
            a snippet comes before the score. An end of None is the end of the last note.
        seed: the snippet's notes, before the score's own.
        shaded: begin and end of the snippet, which is shaded, in seconds.
        bars: where bars begin, in seconds.
    """
    voices = voices_of(score)
    if end is None:
        end = max((note.offset for notes in voices.values() for note in notes), default=1.0)
    whole = {"seed": list(seed), **voices}
    low, high = pitch_range(whole)
    notes = sum(len(notes) for name, notes in voices.items() if name != DRUMS)
    reach = f"{note_name(low)} to {note_name(high)}"
    label = f"Piano roll of {label}: {notes} notes in {end:.0f} s, {reach}"
    return {
        "svg": draw(whole, begin, end, label, shaded, bars),
        "top": note_name(high),
        "bottom": note_name(low),
        "begin": clock(begin),
        "end": clock(end),
        "notes": notes,
    }


def gather(
    made: Iterable[str],
    midi: Iterable[str],
    rolls: Iterable[str],
    snippets: str | None,
    titles: Mapping[str, str],
) -> list[dict]:
    """Gather groups of takes, in the order of `made`.

    Args:
        made: the .json of each finished track, in a folder named after its model.
        midi: the .mid of each track.
        rolls: the .npy of each take.
        snippets: the table of the snippets that takes continue.
        titles: songs' names by id.
    """
    midis = {(Path(path).parent.name, Path(path).stem): path for path in midi}
    arrays = {(Path(path).parent.name, Path(path).stem): path for path in rolls}
    starts = {}
    if snippets:
        starts = {row["take"]: row for row in read_rows(snippets)}
    groups: dict[str, dict] = {}
    for path in made:
        track, model = Path(path).stem, Path(path).parent.name
        track_json = read_json(path)
        take = track_json["generated"]
        if (model, track) not in midis:
            continue
        settings = take["made"]["settings"]
        group = groups.setdefault(
            take["take"],
            {
                "name": take["take"],
                "song": take["song"],
                "title": titles.get(take["song"], take["song"]),
                "start": clock(float(starts.get(take["take"], {}).get("first_s", 0))),
                "seconds": number(settings["snippet_seconds"], 0),
                "seed": settings["seed"],
                "cards": [],
            },
        )
        group["cards"].append(_card(track, model, track_json, midis, arrays))
    return list(groups.values())


def _card(track: str, model: str, track_json: dict, midis: dict, arrays: dict) -> dict:
    """Gather what the page shows of a track."""
    take = track_json["generated"]
    settings = take["made"]["settings"]
    variation = track_json["track"]["settings"]["variation"]
    surroundings = {}
    if (model, take["take"]) in arrays:
        surroundings = _surroundings(pick(map_array(arrays[model, take["take"]]), variation), take)
    return {
        "track": track,
        "model": model,
        "id": f"{model}-{track}",
        "folder": f"takes/{model}/{track}",
        "roll": picture(read_score(midis[model, track]), f"{track} by {model}", **surroundings),
        "facts": _facts(take),
        "settings": sorted((name, _as_yaml(value)) for name, value in settings.items()),
        "effects": [(name, _as_yaml(track_json["track"]["settings"][name])) for name in EFFECTS],
        "interpolates": settings.get("path") == "interpolate" and CATALOGUE[model].has_latents,
    }


def _facts(take: dict) -> list[tuple[str, str]]:
    """List a track's facts: label and value."""
    like, song = take["take_is_like"], take["song_is_like"]
    density = number(like["notes_per_second"], 1), number(song["notes_per_second"], 1)
    return [
        ("notes a second, of the track and of its song", " and ".join(density)),
        ("notes at once, mean", number(like["mean_polyphony"], 1)),
        ("longest silence", f"{number(like['longest_silence'])} s"),
        ("negative log-likelihood, nats a step", number(take["nats_per_step"])),
        ("scale of the song", take["scale"] or take["key"] or "not found"),
        ("metre", metres_of(take["bars"]) or "not known"),
    ]


def metres_of(bars: list[list]) -> str:
    """List the metres of bars, rows as of `music.bars.to_rows`, in the order in which they come."""
    return ", ".join(dict.fromkeys(f"{upper}/{lower}" for *_, upper, lower in bars[:-1]))


def _surroundings(roll: np.ndarray, take: dict) -> dict:
    """Work out what a picture shows besides the track's notes: `bars` and more, see `picture`.

    A track that keeps its snippet contains the snippet's notes; otherwise the roll has them, before
    the track.
    """
    steps, is_kept = take["snippet_steps"], take["made"]["settings"]["keep_snippet"]
    rows, bars = from_rows(take["bars"]), []
    grid = time_grid(take["steps_per_second"])
    if len(rows):
        timeline = timeline_of(rows, 0 if is_kept else steps)
        bars = [timeline.grid.seconds(step) for step in timeline.bars]
        grid = timeline.grid if is_kept else grid_through(rows["step"], rows["seconds"])
    length, end = grid.seconds(steps), grid.seconds(len(roll))
    if is_kept:
        return {"bars": bars, "shaded": (0.0, length), "end": end}
    seed = [
        note._replace(onset=note.onset - length, offset=note.offset - length)
        for note in encoding.decode(roll[:steps], grid)
    ]
    shaded = (-length, 0.0)
    return {"bars": bars, "seed": seed, "begin": -length, "end": end - length, "shaded": shaded}


def _as_yaml(value) -> str:
    """Format a setting as config.yaml has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {_as_yaml(its)}' for name, its in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_as_yaml, value))}]"
    return str(value)
