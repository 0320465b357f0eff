"""A take's piano roll -> a score for a DAW: who plays what, how loud, in which metre."""

import numpy as np

from mathrock import pianoroll
from mathrock.midifile import Marker, Metre, Note, Part, Score, Tempo


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
    """Share out a roll's notes among the parts by pitch and accent by metre those without velocity.

    The snippet is left out unless the take keeps it; then it is played as its song was, with the
    drums as a part of their own, and a marker says where the new music begins. A pitch that no part
    plays is left out.

    Args:
        roll: (steps, 128, 2 or 4), see `pianoroll`, the snippet first.
        made: what `takes.make_take` wrote beside the roll.
        tempo: quarter notes a minute; it moves no note.
        metre: such as 7/8: its denominator is the beat, its numerator the bar.
        velocity: of a note off the beat that has none of its own; the accents are added on a beat
            and on a bar's first.
        parts: name, program, lowest_pitch and highest_pitch of each.
    """
    rate, snippet = made["steps_per_second"], made["snippet_steps"]
    markers = ()
    if made["made"]["settings"]["keep_snippet"]:
        markers = (Marker(0.0, f"snippet of {made['song']}"), Marker(snippet / rate, "new"))
    else:
        roll = roll[snippet:]
    numerator, denominator = (int(number) for number in metre.split("/"))
    beat = 60 / tempo * 4 / denominator  # seconds
    notes = [
        note._replace(velocity=note.velocity or min(127, velocity + accent))
        for note in pianoroll.decode(roll, rate, velocity=0)
        for accent in [_accent(note, beat, numerator, 0.5 / rate, beat_accent, bar_accent)]
    ]
    score_parts = [
        Part(
            part["name"],
            [n for n in notes if part["lowest_pitch"] <= n.pitch <= part["highest_pitch"]],
            part["program"],
        )
        for part in parts
    ]
    if hits := pianoroll.decode_drums(roll, rate):
        score_parts.append(Part("Drums", hits, is_drum=True))
    metres = (Metre(0.0, numerator, denominator),)
    return Score(score_parts, (Tempo(0.0, tempo),), metres, title, markers)


def _accent(
    note: Note, beat: float, beats: int, tolerance: float, on_beat: int, on_bar: int
) -> int:
    """Metric accent of an onset that is within `tolerance` seconds of a beat."""
    nearest = round(note.onset / beat)
    if abs(note.onset - nearest * beat) > tolerance:
        return 0
    return on_bar if nearest % beats == 0 else on_beat
