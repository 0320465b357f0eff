"""Arrange a take's piano roll as a score for a DAW: parts, accents, tempo map and metres."""

import numpy as np

from mathrock.generation.timeline import ON_LINE, Timeline, even_timeline, timeline_of
from mathrock.music.bars import from_rows
from mathrock.music.parts import split_by_pitch
from mathrock.music.score import Marker, Note, Part, Score
from mathrock.pianoroll import encoding


def arrange(
    roll: np.ndarray,
    made: dict,
    title: str,
    tempo: float,
    metre: str,
    velocity: int,
    beat_accent: int,
    bar_accent: int,
    parts: list[dict],
) -> Score:
    """Share out a roll's notes among the parts by pitch, and accent notes without velocity.

    Accents are on bars and beats.

    The snippet is left out unless the take keeps it; then it is played as its song was, with the
    drums as a part of their own, and a marker says where the new music begins. A pitch that no part
    plays is left out.

    Args:
        roll: (steps, 128, 2 or 4), see `pianoroll`, the snippet first.
        made: what `take.make_take` wrote beside the roll.
        tempo, metre: quarter notes a minute, and such as 7/8, where the take has no bars of its
            own; they move no note.
        velocity: of a note off the beat that has none of its own; the accents are added on a beat
            and on a bar's first.
        parts: name, program, lowest_pitch and highest_pitch of each.
    """
    snippet = made["snippet_steps"]
    is_kept = made["made"]["settings"]["keep_snippet"]
    begin = 0 if is_kept else snippet
    roll = roll[begin:]
    bars = from_rows(made["bars"])
    if len(bars):
        timeline = timeline_of(bars, begin)
    else:
        timeline = even_timeline(tempo, metre, made["steps_per_second"], len(roll))
    markers = ()
    if is_kept:
        new = Marker(timeline.grid.seconds(snippet), "new")
        markers = (Marker(0.0, f"snippet of {made['song']}"), new)
    notes = [
        note._replace(velocity=note.velocity or min(127, velocity + accent))
        for note in encoding.decode(roll, timeline.grid, velocity=0)
        for accent in [_accent(note, timeline, beat_accent, bar_accent)]
    ]
    score_parts = split_by_pitch(notes, parts)
    if hits := encoding.decode_drums(roll, timeline.grid):
        score_parts.append(Part("Drums", hits, is_drum=True))
    return Score(score_parts, timeline.tempos, timeline.metres, title, markers)


def _accent(note: Note, timeline: Timeline, on_beat: int, on_bar: int) -> int:
    """Return the metric accent of an onset that is within half a step of a beat."""
    step = timeline.grid.steps(note.onset)
    for lines, accent in ((timeline.bars, on_bar), (timeline.beats, on_beat)):
        if np.abs(lines - step).min(initial=np.inf) <= ON_LINE + 1e-6:
            return accent
    return 0
