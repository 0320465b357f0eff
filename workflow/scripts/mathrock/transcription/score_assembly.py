"""Assemble the notes, drum hits and beats of a recording into a score."""

from mathrock.music.beats import Beat, summarize
from mathrock.music.drum_hits import Hit, as_notes
from mathrock.music.quantise import quantise_notes
from mathrock.music.score import Note, Part, Score
from mathrock.music.tempo_map import fit_tempo_map

ELECTRIC_GUITAR = 27


def assemble_score(
    notes: list[Note],
    hits: list[Hit],
    beats: list[Beat],
    least_confidence: float = 0.0,
    quantise: int = 0,
) -> tuple[Score, dict]:
    """Assemble a score, and summarize its beats in facts for the song's status.

    If the beats' confidence is below `least_confidence`, or there are fewer than two beats, the
    score has MIDI's default tempo of 120 and metre of 4/4, which move no note.

    Args:
        quantise: positions in a quarter note to which notes move; 0: notes are not quantised. It
            has no effect without reliable beats.
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
