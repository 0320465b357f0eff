"""Check takes for memorisation: find the longest runs of notes shared with training songs.

For each track, each reference and each piece of a held-out song, the module finds the longest run
of notes that also stands in a training song, at any transposition, see `longest_runs`. The snippet
that a take continues is left out. Held-out songs are the baseline: they show how long the runs are
that songs of this kind have in common. Where the ends of training songs serve as held-out songs,
such an end is not compared with its own song, or a repeated chorus would set the baseline.

The longest run counts even if it is one repeated pitch or a single chord: held-out songs have such
runs, too, and `onsets`, `distinct_pitches` and `seconds` describe the run. A run ends at the first
note that is added, missing or elsewhere, so this finds repetition, not variation.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mathrock.dataset.sequences import Sequences, Span
from mathrock.dataset.time_axis import grid_of
from mathrock.evaluation.longest_runs import Run, longest_runs, notes_of
from mathrock.files.arrays import map_array
from mathrock.files.json_files import read_json
from mathrock.generation.timeline import timeline_of
from mathrock.generation.variations import pick, tracks_of
from mathrock.music.bars import from_rows
from mathrock.music.grid import Grid, grid_through, time_grid
from mathrock.pianoroll import encoding

AROUND = 2.0  # seconds of context that are given before and after a run
MOST_PIECES = 500  # of held-out songs; more are thinned out evenly


class Excerpt(NamedTuple):
    """A roll, (steps, 128, planes), and its grid; it is compared from step `first` on."""

    roll: np.ndarray
    grid: Grid
    first: int = 0

    @property
    def notes(self) -> np.ndarray:
        """List the notes that are compared: int64 (notes, 2), steps and pitches."""
        return notes_of(self.roll[self.first :]) + np.array([self.first, 0])


class Piece(NamedTuple):
    """A piece of a held-out span: the steps [first, first + steps) of the packed songs."""

    span: Span
    first: int
    steps: int


def find_copies(
    folder: str | Path,
    rolls: list[str],
    made: list[str],
    reference_rolls: list[str],
    references: list[str],
) -> dict:
    """Find what takes, references and held-out songs share with training songs: see `_describe`.

    Times are seconds of the track as it is played, of the reference, or of the song. None stands
    for a track without a shared run, and for the baseline where no song is held out.

    Args:
        folder: the packed sequences.
        rolls, made: .npy and .json of each take, in a folder named after its model.
        reference_rolls, references: .npy and status of each; those not ok are left out.
    """
    sequences = Sequences(folder)
    spans = sequences.split("train")
    tracks, seconds = {}, []
    for roll, take in zip(rolls, map(read_json, made), strict=True):
        for name, excerpt in _tracks(map_array(roll), take):
            tracks[f"{Path(roll).parent.name}/{name}"] = excerpt
            seconds.append((len(excerpt.roll) - excerpt.first) / take["steps_per_second"])
    others = {
        Path(roll).stem: _reference(roll, status["facts"]["grid"])
        for roll, status in zip(reference_rolls, map(read_json, references), strict=True)
        if status["ok"]
    }
    pieces = _pieces(sequences, float(np.median(seconds)) if seconds else np.inf)
    queries = [excerpt.notes for excerpt in (*tracks.values(), *others.values())]
    counts = []
    runs = longest_runs(
        queries + [notes_of(sequences.read(piece.first, piece.steps)) for piece in pieces],
        _notes_of(sequences, spans, counts),
        [None] * len(queries) + _own_songs(pieces, spans),
    )
    of_tracks, rest = runs[: len(tracks)], runs[len(tracks) :]
    of_others, of_pieces = rest[: len(others)], rest[len(others) :]
    return {
        "tracks": _describe_all(tracks, of_tracks, sequences, spans),
        "references": _describe_all(others, of_others, sequences, spans),
        "held_out": _summarize_held_out(pieces, of_pieces, sequences, spans),
        "training_songs": len(spans),
        "training_notes": sum(counts),
    }


def _tracks(roll: np.ndarray, made: dict) -> Iterator[tuple[str, Excerpt]]:
    """Yield a take's tracks by name, from their start, on the timeline of `arranging`."""
    settings, snippet = made["made"]["settings"], made["snippet_steps"]
    begin = 0 if settings["keep_snippet"] else snippet
    bars = from_rows(made["bars"])
    grid = timeline_of(bars, begin).grid if len(bars) else time_grid(made["steps_per_second"])
    for name, (_, variation) in tracks_of(made["take"], settings["variations"]).items():
        yield name, Excerpt(pick(roll, variation)[begin:], grid, snippet - begin)


def _reference(path: str, grid: dict) -> Excerpt:
    """Open a reference with its grid, as `song_encoding` describes it."""
    bars = from_rows(grid.get("bars", []))
    if grid.get("steps_per_beat") is None or not len(bars):
        return Excerpt(map_array(path), time_grid(grid["steps_per_second"]))
    return Excerpt(map_array(path), grid_through(bars["step"], bars["seconds"]))


def _pieces(sequences: Sequences, seconds: float) -> list[Piece]:
    """Cut the held-out songs evenly into pieces of about so many seconds."""
    pieces = []
    for span in sequences.split("valid") + sequences.split("test"):
        count = max(1, round(span.steps / sequences.rate(span.song) / seconds))
        cuts = np.linspace(0, span.steps, count + 1).round().astype(int).tolist()
        pieces += [Piece(span, span.first + cut, end - cut) for cut, end in pairwise(cuts)]
    return pieces[:: -(-len(pieces) // MOST_PIECES) or 1]


def _own_songs(pieces: list[Piece], spans: list[Span]) -> list[int | None]:
    """Number the training song that each piece is from; None where it is from none."""
    numbers = {span.song: number for number, span in enumerate(spans)}
    return [numbers.get(piece.span.song) for piece in pieces]


def _notes_of(sequences: Sequences, spans: list[Span], counts: list[int]) -> Iterator[np.ndarray]:
    """Yield the notes of one span after another, and append their number to `counts`."""
    for span in spans:
        notes = notes_of(sequences.read(span.first, span.steps))
        counts.append(len(notes))
        yield notes


def _summarize_held_out(
    pieces: list[Piece], runs: list[Run | None], sequences: Sequences, spans: list[Span]
) -> dict | None:
    """Summarize the lengths of the held-out pieces' runs, and describe the longest."""
    if not pieces:
        return None
    notes = [run.notes if run else 0 for run in runs]
    seconds = [piece.steps / sequences.rate(piece.span.song) for piece in pieces]
    median, p95 = np.quantile(notes, [0.5, 0.95], method="inverted_cdf").tolist()
    piece, run = pieces[np.argmax(notes)], runs[np.argmax(notes)]
    longest = _describe(_song(sequences, piece.span, piece.first), run, sequences, spans)
    return {
        "songs": len({piece.span.song for piece in pieces}),
        "pieces": len(pieces),
        "piece_seconds": round(float(np.median(seconds)), 3),
        "notes": {"median": median, "p95": p95, "longest": max(notes)},
        "longest": longest and longest | {"from": piece.span.song},
    }


def _song(sequences: Sequences, span: Span, first: int) -> Excerpt:
    """Read a span's song up to the span's end, compared from the packed step `first` on."""
    steps = span.first + span.steps - span.song_first
    roll = sequences.read(span.song_first, steps)
    return Excerpt(roll, grid_of(sequences, span.song), first - span.song_first)


def _describe_all(
    excerpts: dict[str, Excerpt], runs: list[Run | None], sequences: Sequences, spans: list[Span]
) -> dict[str, dict | None]:
    """Describe the run of each excerpt, by name."""
    return {
        name: _describe(excerpt, run, sequences, spans)
        for (name, excerpt), run in zip(excerpts.items(), runs, strict=True)
    }


def _describe(
    excerpt: Excerpt, run: Run | None, sequences: Sequences, spans: list[Span]
) -> dict | None:
    """Describe a run by plain values for a JSON file; None where there is none.

    `notes`, `onsets` (of a chord one) and `distinct_pitches` are counts, `seconds` last from the
    first note's onset to the last one's end, `semitones` lead from the song's pitches to the
    excerpt's. The run begins `at` in the excerpt and `song_at` in the `song`. The rolls are the
    notes of the run and `AROUND` it: [onset, offset, pitch, 1 for a note of the run, else 0].
    """
    if run is None:
        return None
    span = spans[run.song]
    song = _song(sequences, span, span.first)
    notes = excerpt.notes[run.first :][: run.notes]
    song_notes = song.notes[run.song_first :][: run.notes]
    at, end, roll = _notes_around(excerpt, notes)
    song_at, _, song_roll = _notes_around(song, song_notes)
    return {
        "notes": run.notes,
        "onsets": len(np.unique(notes[:, 0])),
        "distinct_pitches": len(np.unique(notes[:, 1])),
        "seconds": round(end - at, 3),
        "song": span.song,
        "semitones": int(notes[0, 1] - song_notes[0, 1]),
        "at": at,
        "song_at": song_at,
        "take_roll": roll,
        "song_roll": song_roll,
    }


def _notes_around(excerpt: Excerpt, run: np.ndarray) -> tuple[float, float, list[list]]:
    """Give the begin and the end of a run, and the notes during it and around it."""

    def seconds(step: float) -> float:
        return round(excerpt.grid.seconds(step), 3)

    in_run = [tuple(note) for note in run.tolist()]
    decoded = encoding.decode(excerpt.roll, 1)  # times in steps
    played = {(note.onset, note.pitch): note for note in decoded}
    begin, end = seconds(in_run[0][0]), seconds(played[in_run[-1]].offset)
    shown = [
        [seconds(note.onset), seconds(note.offset), note.pitch, int(place in in_run)]
        for place, note in played.items()
        if seconds(note.offset) > begin - AROUND and seconds(note.onset) < end + AROUND
    ]
    return begin, end, shown
