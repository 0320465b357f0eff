"""What the page shows of the takes: those of one name, which go on after one snippet, together."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from mathrock.files.json_files import read_json
from mathrock.files.tsv import read_rows
from mathrock.formats.midi import read_score
from mathrock.generation.timeline import ruler_of
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
    """A piano roll with what stands beside it: the highest and lowest pitch, and times.

    Args:
        begin, end: where it begins and ends, in seconds of the score: it begins below 0 where a
            seed goes before; None: it ends with the last note.
        seed: notes before the score's own.
        shaded: from when to when it is set apart as the seed, in seconds.
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
    """Groups of takes, in the order of `made`.

    Args:
        made: .json of each finished track, in a folder named after its model.
        midi: .mid of each track; rolls: .npy of each take.
        snippets: the table of what takes continue.
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
        told = read_json(path)
        take = told["generated"]
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
        group["cards"].append(_card(track, model, told, midis, arrays))
    return list(groups.values())


def _card(track: str, model: str, told: dict, midis: dict, arrays: dict) -> dict:
    take = told["generated"]
    settings = take["made"]["settings"]
    variation = told["track"]["settings"]["variation"]
    around = {}
    if (model, take["take"]) in arrays:
        around = _around(pick(np.load(arrays[model, take["take"]], mmap_mode="r"), variation), take)
    return {
        "track": track,
        "model": model,
        "id": f"{model}-{track}",
        "folder": f"takes/{model}/{track}",
        "roll": picture(read_score(midis[model, track]), f"{track} by {model}", **around),
        "facts": _facts(take),
        "settings": sorted((name, _plain(value)) for name, value in settings.items()),
        "effects": [(name, _plain(told["track"]["settings"][name])) for name in EFFECTS],
        "interpolates": settings.get("path") == "interpolate" and CATALOGUE[model].has_latents,
    }


def _facts(take: dict) -> list[tuple[str, str]]:
    """What a track is like, in words."""
    like, song = take["take_is_like"], take["song_is_like"]
    density = number(like["notes_per_second"], 1), number(song["notes_per_second"], 1)
    return [
        ("notes a second, of it and of its song", " and ".join(density)),
        ("notes at once, mean", number(like["mean_polyphony"], 1)),
        ("longest silence", f"{number(like['longest_silence'])} s"),
        ("nats a step", number(take["nats_per_step"])),
        ("scale of the song", take["scale"] or take["key"] or "not found"),
        ("metre", metres_of(take["bars"]) or "not known"),
    ]


def metres_of(bars: list[list]) -> str:
    """The metres of bars, rows as of `mathrock.bars.to_rows`, in the order in which they come."""
    return ", ".join(dict.fromkeys(f"{upper}/{lower}" for *_, upper, lower in bars[:-1]))


def _around(roll: np.ndarray, take: dict) -> dict:
    """What a picture shows besides the track's notes: its `bars` and more, see `picture`.

    A track that keeps its snippet has its notes; of others they are in the roll, before the track.
    """
    steps, is_kept = take["snippet_steps"], take["made"]["settings"]["keep_snippet"]
    rows, bars = from_rows(take["bars"]), []
    grid = time_grid(take["steps_per_second"])
    if len(rows):
        ruler = ruler_of(rows, 0 if is_kept else steps)
        bars = [ruler.grid.seconds(step) for step in ruler.bars]
        grid = ruler.grid if is_kept else grid_through(rows["step"], rows["seconds"])
    length, end = grid.seconds(steps), grid.seconds(len(roll))
    if is_kept:
        return {"bars": bars, "shaded": (0.0, length), "end": end}
    seed = [
        note._replace(onset=note.onset - length, offset=note.offset - length)
        for note in encoding.decode(roll[:steps], grid)
    ]
    shaded = (-length, 0.0)
    return {"bars": bars, "seed": seed, "begin": -length, "end": end - length, "shaded": shaded}


def _plain(value) -> str:
    """A setting as config.yaml would say it."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    return str(value).replace("'", "") if isinstance(value, list | dict) else str(value)
