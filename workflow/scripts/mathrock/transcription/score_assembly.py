"""Notes, drum hits and beats of a recording -> a score that a musician would open."""

from mathrock.music.beats import Beat, summarize
from mathrock.music.drum_hits import Hit, as_notes
from mathrock.music.quantise import quantise_notes
from mathrock.music.score import Note, Part, Score
from mathrock.music.tempo_map import fit_tempo_map

ELECTRIC_GUITAR = 27


def transcript(
    notes: list[Note],
    hits: list[Hit],
    beats: list[Beat],
    least_confidence: float = 0.0,
    quantise: int = 0,
) -> tuple[Score, dict]:
    """The score, and what a status tells of its beats.

    Where the beats are less sure than `least_confidence`, or less than two, the score keeps MIDI's
    own 120 and 4/4, which move no note, and `quantise`, places a quarter note (0: none), has no
    effect.
    """
    parts = [Part("Transcription", notes, ELECTRIC_GUITAR)]
    if hits:
        parts.append(Part("Drums", as_notes(hits), is_drum=True))
    facts = summarize(beats) if len(beats) > 1 else {}
    if not facts or facts["beat_confidence"] < least_confidence:
        return Score(parts), facts
    score = Score(parts, *fit_tempo_map(beats))
    if quantise:
        moved = [part._replace(notes=quantise_notes(part.notes, score, quantise)) for part in parts]
        score = Score(moved, score.tempos, score.metres)
    return score, facts
