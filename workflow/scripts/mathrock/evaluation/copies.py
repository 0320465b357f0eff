"""Do takes copy? What they share note for note with training songs, beside what real songs share.

Of each track, of each reference and of each piece of a held-out song it is the longest run of notes
that stands in a training song, at any transposition, see `longestruns`; the snippet is no part of
it. Held-out songs are the yardstick: a run as long as theirs is one that music of this kind has in
common. Where the ends of training songs stand in for held-out songs, their own beginnings are not
looked at, or a chorus that comes back would be the yardstick.

Whatever is longest counts, were it one repeated pitch or a single chord: held-out songs have such
runs, too, and `onsets`, `distinct_pitches` and `seconds` tell. A run ends at the first note more,
less or elsewhere, so this finds what is repeated, not what is varied.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mathrock.dataset.sequences import Sequences, Span
from mathrock.dataset.time_axis import grid_of
from mathrock.evaluation.longest_runs import Run, longest_runs, notes_of
from mathrock.files.json_files import read_json
from mathrock.generation.timeline import ruler_of
from mathrock.generation.variations import pick, tracks_of
from mathrock.music.bars import from_rows
from mathrock.music.grid import Grid, grid_through, time_grid
from mathrock.pianoroll import encoding

AROUND = 2.0  # seconds before and after a run that are shown with it
MOST_PIECES = 500  # of held-out songs: of more, as many from all over


class Music(NamedTuple):
    """A roll, (steps, 128, planes), on its grid; from step `first` on it is compared."""

    roll: np.ndarray
    grid: Grid
    first: int = 0

    @property
    def notes(self) -> np.ndarray:
        """What is compared: int64 (notes, 2), steps and pitches."""
        return notes_of(self.roll[self.first :]) + np.array([self.first, 0])


class Piece(NamedTuple):
    """The steps [first, first + steps) of the packed songs, of a held-out span."""

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
    """What takes, references and held-out songs share with training songs: see `_described`.

    Times are seconds of the track as it is played, of the reference, of the song. Nothing shared,
    nothing held out: None.

    Args:
        folder: the packed sequences.
        rolls, made: .npy and .json of each take, in a folder named after its model.
        reference_rolls, references: .npy and status of each; what is not ok is left out.
    """
    sequences = Sequences(folder)
    spans = sequences.split("train")
    tracks, seconds = {}, []
    for roll, its in zip(rolls, map(read_json, made), strict=True):
        for name, music in _tracks(np.load(roll, mmap_mode="r"), its):
            tracks[f"{Path(roll).parent.name}/{name}"] = music
            seconds.append((len(music.roll) - music.first) / its["steps_per_second"])
    others = {
        Path(roll).stem: _reference(roll, status["facts"]["grid"])
        for roll, status in zip(reference_rolls, map(read_json, references), strict=True)
        if status["ok"]
    }
    pieces = _pieces(sequences, float(np.median(seconds)) if seconds else np.inf)
    asked = [music.notes for music in (*tracks.values(), *others.values())]
    counts = []
    runs = longest_runs(
        asked + [notes_of(sequences.read(piece.first, piece.steps)) for piece in pieces],
        _notes_of(sequences, spans, counts),
        [None] * len(asked) + _own(pieces, spans),
    )
    of_tracks, rest = runs[: len(tracks)], runs[len(tracks) :]
    of_others, of_pieces = rest[: len(others)], rest[len(others) :]
    return {
        "tracks": _described_all(tracks, of_tracks, sequences, spans),
        "references": _described_all(others, of_others, sequences, spans),
        "held_out": _yardstick(pieces, of_pieces, sequences, spans),
        "training_songs": len(spans),
        "training_notes": sum(counts),
    }


def _tracks(roll: np.ndarray, made: dict) -> Iterator[tuple[str, Music]]:
    """A take's tracks by name, from where they start, on the rulers that `arranging` plays by."""
    settings, snippet = made["made"]["settings"], made["snippet_steps"]
    begin = 0 if settings["keep_snippet"] else snippet
    bars = from_rows(made["bars"])
    grid = ruler_of(bars, begin).grid if len(bars) else time_grid(made["steps_per_second"])
    for name, (_, variation) in tracks_of(made["take"], settings["variations"]).items():
        yield name, Music(pick(roll, variation)[begin:], grid, snippet - begin)


def _reference(path: str, grid: dict) -> Music:
    """A reference on its grid, as `rollgrid` describes it."""
    bars = from_rows(grid.get("bars", []))
    if grid.get("steps_per_beat") is None or not len(bars):
        return Music(np.load(path, mmap_mode="r"), time_grid(grid["steps_per_second"]))
    return Music(np.load(path, mmap_mode="r"), grid_through(bars["step"], bars["seconds"]))


def _pieces(sequences: Sequences, seconds: float) -> list[Piece]:
    """The held-out songs, cut evenly into pieces of about so many seconds."""
    pieces = []
    for span in sequences.split("valid") + sequences.split("test"):
        count = max(1, round(span.steps / sequences.rate(span.song) / seconds))
        cuts = np.linspace(0, span.steps, count + 1).round().astype(int).tolist()
        pieces += [Piece(span, span.first + cut, end - cut) for cut, end in pairwise(cuts)]
    return pieces[:: -(-len(pieces) // MOST_PIECES) or 1]


def _own(pieces: list[Piece], spans: list[Span]) -> list[int | None]:
    """The number of the training song that each piece is from, or None."""
    numbers = {span.song: number for number, span in enumerate(spans)}
    return [numbers.get(piece.span.song) for piece in pieces]


def _notes_of(sequences: Sequences, spans: list[Span], counts: list[int]) -> Iterator[np.ndarray]:
    """The notes of each span, one at a time; how many they are goes into `counts`."""
    for span in spans:
        notes = notes_of(sequences.read(span.first, span.steps))
        counts.append(len(notes))
        yield notes


def _yardstick(
    pieces: list[Piece], runs: list[Run | None], sequences: Sequences, spans: list[Span]
) -> dict | None:
    """How long the runs of the held-out pieces are, and the longest as that of a track."""
    if not pieces:
        return None
    notes = [run.notes if run else 0 for run in runs]
    seconds = [piece.steps / sequences.rate(piece.span.song) for piece in pieces]
    median, p95 = np.quantile(notes, [0.5, 0.95], method="inverted_cdf").tolist()
    piece, run = pieces[np.argmax(notes)], runs[np.argmax(notes)]
    longest = _described(_song(sequences, piece.span, piece.first), run, sequences, spans)
    return {
        "songs": len({piece.span.song for piece in pieces}),
        "pieces": len(pieces),
        "piece_seconds": round(float(np.median(seconds)), 3),
        "notes": {"median": median, "p95": p95, "longest": max(notes)},
        "longest": longest and longest | {"from": piece.span.song},
    }


def _song(sequences: Sequences, span: Span, first: int) -> Music:
    """A span's song up to the span's end, compared from the packed step `first` on."""
    steps = span.first + span.steps - span.song_first
    roll = sequences.read(span.song_first, steps)
    return Music(roll, grid_of(sequences, span.song), first - span.song_first)


def _described_all(
    music: dict[str, Music], runs: list[Run | None], sequences: Sequences, spans: list[Span]
) -> dict[str, dict | None]:
    return {
        name: _described(its, run, sequences, spans)
        for (name, its), run in zip(music.items(), runs, strict=True)
    }


def _described(
    music: Music, run: Run | None, sequences: Sequences, spans: list[Span]
) -> dict | None:
    """A run, plain values for a JSON file; None where there is none.

    `notes`, `onsets` (of a chord one) and `distinct_pitches` are counts, `seconds` last from the
    first note's onset to the last one's end, `semitones` lead from the song's pitches to the
    music's. The run begins `at` in the music and `song_at` in the `song`; the rolls are what is
    played there and `AROUND` it: [onset, offset, pitch, is it a note of the run: 1 or 0] of each.
    """
    if run is None:
        return None
    span = spans[run.song]
    song = _song(sequences, span, span.first)
    notes = music.notes[run.first :][: run.notes]
    song_notes = song.notes[run.song_first :][: run.notes]
    at, end, roll = _shown(music, notes)
    song_at, _, song_roll = _shown(song, song_notes)
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


def _shown(music: Music, run: np.ndarray) -> tuple[float, float, list[list]]:
    """When a run begins and ends, and what is played there and around it."""

    def seconds(step: float) -> float:
        return round(music.grid.seconds(step), 3)

    in_run = [tuple(note) for note in run.tolist()]
    played = {(note.onset, note.pitch): note for note in encoding.decode(music.roll, 1)}  # in steps
    begin, end = seconds(in_run[0][0]), seconds(played[in_run[-1]].offset)
    shown = [
        [seconds(note.onset), seconds(note.offset), note.pitch, int(place in in_run)]
        for place, note in played.items()
        if seconds(note.offset) > begin - AROUND and seconds(note.onset) < end + AROUND
    ]
    return begin, end, shown
