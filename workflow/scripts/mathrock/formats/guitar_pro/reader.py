"""Read Guitar Pro files of versions 3 to 5 as scores.

A note that is bent, slid, tapped or hammered keeps its pitch and onset; tremolo picking is played
as the single notes that it stands for. Grace notes, and dead notes, which have no pitch, are left
out. Mute and solo do not count: the tracks are the music.
"""

from collections.abc import Iterator
from fractions import Fraction

import guitarpro
from guitarpro import BeatStatus, NoteType, TripletFeel

from mathrock.files.limits import MAX_NOTES
from mathrock.formats.errors import ScoreError
from mathrock.formats.guitar_pro.parsing import parse, text
from mathrock.formats.notation import Bar, NotatedNote, Voice, to_score
from mathrock.formats.repeats import RepeatSigns, unfold
from mathrock.music.score import Score

HARMONICS = {3: 31, 4: 28, 5: 24, 7: 19, 9: 28, 12: 12, 16: 28, 19: 19, 24: 24}  # by fret
OCTAVE = 12
SWUNG = {TripletFeel.eighth: Fraction(1, 2), TripletFeel.sixteenth: Fraction(1, 4)}
ENDINGS = 8  # bits of a bar's alternative endings


def read_guitar_pro(data: bytes) -> tuple[Score, tuple[str, ...]]:
    """Read the data of a Guitar Pro file as a score, with warnings.

    A change of instrument begins a new part.

    Raises:
        ScoreError: the data are no Guitar Pro file of version 3, 4 or 5, or cannot be played.
    """
    song = parse(data)
    headers = song.measureHeaders
    played = _play_order(headers)
    warnings = ()
    if any(header.direction or header.fromDirection for header in headers):
        warnings = ("its jumps, such as D.C., are not played",)
    tempos, voices = {Fraction(0): float(song.tempo)}, []
    for track in song.tracks:
        voices += _read_track(track, played, tempos)
        if sum(len(voice.notes) for voice in voices) > MAX_NOTES:
            raise ScoreError(f"has more than {MAX_NOTES} notes")
    return to_score(voices, tempos, text(song.title)), warnings


def _play_order(headers: list[guitarpro.MeasureHeader]) -> list[tuple[int, Bar]]:
    """List each bar's index and the bar in playing order."""
    signs, ending = [], ()
    for header in headers:
        if header.isRepeatOpen:
            ending = ()
        if header.repeatAlternative:
            ending = tuple(n + 1 for n in range(ENDINGS) if header.repeatAlternative >> n & 1)
        closes = max(0, header.repeatClose)
        signs.append(RepeatSigns(header.isRepeatOpen, closes, ending))
        if closes:
            ending = ()
    bars, at = [], Fraction(0)
    for index in unfold(signs):
        metre = headers[index].timeSignature
        numerator, denominator = max(1, metre.numerator), max(1, metre.denominator.value)
        length = Fraction(4 * numerator, denominator)
        bars.append((index, Bar(at, length, (numerator, denominator))))
        at += length
    return bars


def _read_track(
    track: guitarpro.Track, played: list[tuple[int, Bar]], tempos: dict[Fraction, float]
) -> list[Voice]:
    """Read a track as a voice for each of its instruments; add its changes of tempo to `tempos`."""
    program = track.channel.instrument
    notes: dict[int, list[NotatedNote]] = {}
    sounding: dict[tuple[int, int], tuple[list, int]] = {}  # voice, string -> list and place
    for index, bar in played:
        for number, voice in enumerate(track.measures[index].voices):
            for at, length, beat in _beats(voice, bar):
                if change := beat.effect.mixTableChange:
                    if change.tempo and change.tempo.value > 0:
                        tempos[at] = float(change.tempo.value)
                    if change.instrument and change.instrument.value >= 0:
                        program = change.instrument.value
                found = notes.setdefault(min(127, max(0, program)), [])
                for note in beat.notes:
                    place = number, note.string
                    if note.type is NoteType.tie and place in sounding:
                        _lengthen(*sounding[place], at, length)
                    elif note.type is NoteType.normal or note.type is NoteType.tie:
                        found += _single_notes(note, _pitch(note, track), at, length)
                        sounding[place] = found, len(found) - 1
    bars = [bar for _, bar in played]
    return [
        Voice(text(track.name), sorted(found), bars, program, track.isPercussionTrack)
        for program, found in notes.items()
    ]


def _beats(voice: guitarpro.Voice, bar: Bar) -> Iterator[tuple[Fraction, Fraction, object]]:
    """Yield the position, the length and the beat of each beat that begins within its bar."""
    at, feel = Fraction(0), SWUNG.get(voice.measure.header.tripletFeel)
    for beat in voice.beats:
        if beat.status is BeatStatus.empty:
            continue
        length = _length(beat.duration)
        if at >= bar.length:
            return
        begin, lasts = at, length
        if feel and length == feel:  # of two equal notes the first gets two thirds
            is_second = at % (2 * feel) == feel
            begin, lasts = (at + feel / 3, feel * 2 / 3) if is_second else (at, feel * 4 / 3)
        yield bar.start + begin, lasts, beat
        at += length


def _length(duration: guitarpro.Duration) -> Fraction:
    """Compute a length in quarter notes."""
    length = Fraction(4, max(1, duration.value)) * (Fraction(3, 2) if duration.isDotted else 1)
    return length * Fraction(max(1, duration.tuplet.times), max(1, duration.tuplet.enters))


def _pitch(note: guitarpro.Note, track: guitarpro.Track) -> int:
    string = track.strings[note.string - 1].value if 0 < note.string <= len(track.strings) else 0
    pitch = string + note.value + (0 if track.isPercussionTrack else track.offset)
    harmonic = note.effect.harmonic
    if isinstance(harmonic, guitarpro.NaturalHarmonic):
        pitch += HARMONICS.get(note.value, OCTAVE) - (note.value if note.value in HARMONICS else 0)
    elif isinstance(harmonic, guitarpro.ArtificialHarmonic | guitarpro.TappedHarmonic):
        pitch += OCTAVE
    return min(127, max(0, pitch))


def _single_notes(
    note: guitarpro.Note, pitch: int, at: Fraction, length: Fraction
) -> list[NotatedNote]:
    """List what a note stands for: itself, or the strokes of its tremolo picking."""
    velocity = min(127, max(1, note.velocity))
    stroke = length
    if note.effect.tremoloPicking:
        stroke = min(length, _length(note.effect.tremoloPicking.duration))
    strokes = max(1, int(length / stroke))
    stroke = length / strokes
    lasts = stroke / 2 if note.effect.staccato else stroke
    return [NotatedNote(at + n * stroke, lasts, pitch, False, velocity) for n in range(strokes)]


def _lengthen(notes: list[NotatedNote], place: int, at: Fraction, length: Fraction) -> None:
    """Lengthen a note by one that is tied to it; after a jump it begins anew."""
    note = notes[place]
    if note.start + note.length == at:
        notes[place] = note._replace(length=note.length + length)
    else:
        notes.append(note._replace(start=at, length=length))
