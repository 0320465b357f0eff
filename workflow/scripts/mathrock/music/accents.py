"""Give velocities, with the accents of beats and bars, to notes whose files give none."""

from dataclasses import replace

from mathrock.music.score import Score
from mathrock.music.score_beats import beats_of

MAX_DISTANCE = 0.001  # seconds between a beat and a note on it


def add_velocities(score: Score, velocity: int, beat_accent: int, bar_accent: int) -> Score:
    """Give a velocity to each note that has `NO_VELOCITY`.

    Args:
        velocity: of a note off the beat; an accent is added on a beat and on a bar's first.
    """
    beats = beats_of(score) if score.metres else []
    accents = {
        round(beat.time / MAX_DISTANCE): bar_accent if beat.beat == 1 else beat_accent
        for beat in beats
    }
    parts = [
        part._replace(
            notes=[
                note._replace(
                    velocity=note.velocity
                    or min(127, velocity + accents.get(round(note.onset / MAX_DISTANCE), 0))
                )
                for note in part.notes
            ]
        )
        for part in score.parts
    ]
    return replace(score, parts=parts)
