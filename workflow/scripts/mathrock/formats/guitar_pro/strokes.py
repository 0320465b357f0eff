"""Read what a track of a Guitar Pro file plays in each bar, as written."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import guitarpro
from guitarpro import BeatStatus, NoteType, TripletFeel

from mathrock.files.limits import MAX_NOTES
from mathrock.formats.errors import ScoreError

OCTAVE = 12
# Semitones from the open string to its natural harmonic, by the fret nearest to the node.
HARMONICS = {
    **{2: 36, 3: 31, 4: 28, 5: 24, 7: 19, 8: 36, 9: 28, 10: 34, 12: 12},
    **{14: 34, 15: 34, 16: 28, 17: 36, 19: 19, 21: 34, 22: 34, 24: 24},
}
IN_VERSION_4 = {19: 24, 24: 19}  # PyGuitarPro has these artificial harmonics the wrong way round
SWUNG = {TripletFeel.eighth: Fraction(1, 2), TripletFeel.sixteenth: Fraction(1, 4)}


class Stroke(NamedTuple):
    """A stroke of a string, or what goes on with the stroke before (a tie) or mutes it (dead).

    Attributes:
        start, length: in quarter notes, from the start of the bar.
        place: the voice and the string.
    """

    start: Fraction
    length: Fraction
    pitch: int
    velocity: int
    program: int
    place: tuple[int, int]
    type: NoteType


class TrackBars(NamedTuple):
    """The strokes in each bar of a track, and its tempo changes: bar -> position in it -> bpm."""

    strokes: list[list[Stroke]]
    tempos: list[dict[Fraction, float]]


def read_track(track: guitarpro.Track, version: tuple[int, ...]) -> TrackBars:
    """Read the bars of a track.

    Args:
        version: of the file.

    Raises:
        ScoreError: the track has too many notes.
    """
    program, count = track.channel.instrument, 0
    bars = TrackBars([[] for _ in track.measures], [{} for _ in track.measures])
    for measure, strokes, tempos in zip(track.measures, *bars, strict=True):
        beats = [
            (start, number, length, beat)
            for number, voice in enumerate(measure.voices)
            for start, length, beat in _beats(voice)
        ]
        for start, number, length, beat in sorted(beats, key=lambda beat: beat[:2]):
            change = beat.effect.mixTableChange
            if change and change.tempo and change.tempo.value > 0:
                tempos[start] = float(change.tempo.value)
            if change and change.instrument:
                program = change.instrument.value
            for note in beat.notes:
                if note.type in (NoteType.normal, NoteType.tie, NoteType.dead):
                    first = Stroke(
                        start,
                        length,
                        _pitch(note, track, version),
                        min(127, max(1, note.velocity)),
                        0 if track.isPercussionTrack else min(127, max(0, program)),
                        (number, note.string),
                        note.type,
                    )
                    strokes += _strokes(note.effect, first)
            if count + len(strokes) > MAX_NOTES:
                raise ScoreError(f"has more than {MAX_NOTES} notes")
        count += len(strokes)
    return bars


def _beats(voice: guitarpro.Voice) -> Iterator[tuple[Fraction, Fraction, guitarpro.Beat]]:
    """Yield the position, the length and the beat of each beat, with triplet feel."""
    beats = [beat for beat in voice.beats if beat.status is not BeatStatus.empty]
    lengths = [_length(beat.duration) for beat in beats]
    feel = SWUNG.get(voice.measure.header.tripletFeel)
    at, is_second = Fraction(0), False
    for index, (beat, length) in enumerate(zip(beats, lengths, strict=True)):
        start, lasts = at, length
        if is_second:  # of two equal notes the first gets two thirds
            start, lasts, is_second = at + feel / 3, feel * 2 / 3, False
        elif feel and lengths[index : index + 2] == [feel, feel] and at % (2 * feel) == 0:
            lasts, is_second = feel * 4 / 3, True
        yield start, lasts, beat
        at += length


def _length(duration: guitarpro.Duration) -> Fraction:
    """Compute a length in quarter notes."""
    length = Fraction(4, duration.value) * (Fraction(3, 2) if duration.isDotted else 1)
    return length * Fraction(duration.tuplet.times, duration.tuplet.enters)


def _pitch(note: guitarpro.Note, track: guitarpro.Track, version: tuple[int, ...]) -> int:
    """Find the pitch that sounds; that of drums is their key."""
    open_string = 0 if track.isPercussionTrack else note.realValue - note.value + track.offset
    pitch = open_string + note.value
    match note.effect.harmonic:
        case guitarpro.NaturalHarmonic():
            pitch = open_string + HARMONICS.get(note.value, OCTAVE)
        case guitarpro.TappedHarmonic(fret=fret):
            pitch += HARMONICS.get((fret or 0) - note.value, OCTAVE)
        case guitarpro.ArtificialHarmonic(pitch=sounding, octave=octave) if sounding and octave:
            rise = (sounding.value - note.realValue) % OCTAVE + octave.value * OCTAVE
            pitch += rise if version >= (5, 0, 0) else IN_VERSION_4.get(rise, rise)
        case guitarpro.HarmonicEffect():
            pitch += OCTAVE
    return min(127, max(0, pitch))


def _strokes(effect: guitarpro.NoteEffect, first: Stroke) -> list[Stroke]:
    """List what a note stands for: a stroke, or the strokes of its tremolo picking."""
    picking = effect.tremoloPicking and effect.tremoloPicking.duration
    count = max(1, int(first.length / _length(picking))) if picking and picking.value else 1
    length = first.length / count
    first = first._replace(length=length / 2 if effect.staccato else length)
    others = [
        first._replace(start=first.start + n * length, type=NoteType.normal)
        for n in range(1, count if first.type is not NoteType.dead else 1)
    ]
    return [first, *others]
