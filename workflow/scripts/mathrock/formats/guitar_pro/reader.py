"""Read Guitar Pro files of versions 3 to 5 as scores.

A note that is bent, slid, tapped or hammered keeps its pitch and onset; a harmonic has the pitch
that sounds; tremolo picking is played as the single notes that it stands for. Grace notes, and dead
notes, which have no pitch, are left out. Mute and solo do not count: the tracks are the music.
"""

from fractions import Fraction

import guitarpro
from guitarpro import NoteType

from mathrock.files.limits import MAX_NOTES
from mathrock.formats.errors import ScoreError
from mathrock.formats.guitar_pro.parsing import parse, text
from mathrock.formats.guitar_pro.play_order import play_order
from mathrock.formats.guitar_pro.strokes import Stroke, TrackBars, read_track
from mathrock.formats.notation import Bar, NotatedNote, Voice, to_score
from mathrock.music.score import DEFAULT_TEMPO, Score

DENOMINATORS = (1, 2, 4, 8, 16, 32, 64)  # that MIDI has


def read_guitar_pro(data: bytes) -> tuple[Score, tuple[str, ...]]:
    """Read the data of a Guitar Pro file as a score, with warnings.

    A change of instrument begins a new part.

    Raises:
        ScoreError: the data are no Guitar Pro file of version 3, 4 or 5, or cannot be played.
    """
    song, directions, warnings = parse(data)
    order = play_order(song.measureHeaders, directions)
    tracks = [read_track(track, song.versionTuple) for track in song.tracks]
    if sum(len(track.strokes[bar]) for track in tracks for bar in order) > MAX_NOTES:
        raise ScoreError(f"has more than {MAX_NOTES} notes")
    if song.tempo <= 0:
        warnings += ("has a tempo of 0, which is passed over",)
    played = list(zip(order, _bars(song.measureHeaders, order), strict=True))
    tempos = _tempos(float(song.tempo) if song.tempo > 0 else DEFAULT_TEMPO, tracks, played)
    voices = []
    for track, bars in zip(song.tracks, tracks, strict=True):
        voices += _play(track, bars.strokes, played)
    return to_score(voices, tempos, text(song.title)), warnings


def _bars(headers: list[guitarpro.MeasureHeader], order: list[int]) -> list[Bar]:
    """List the bars in playing order."""
    bars, at = [], Fraction(0)
    for index in order:
        signature = headers[index].timeSignature
        metre = max(1, signature.numerator), max(1, signature.denominator.value)
        length = Fraction(4 * metre[0], metre[1])
        bars.append(Bar(at, length, metre if metre[1] in DENOMINATORS else None))
        at += length
    return bars


def _tempos(
    tempo: float, tracks: list[TrackBars], played: list[tuple[int, Bar]]
) -> dict[Fraction, float]:
    """Make the tempo map: a repeated bar has the tempo that it has as written."""
    begin, changes = [], []
    for bars in zip(*(track.tempos for track in tracks), strict=True):
        found = {at: bpm for bar in bars for at, bpm in bar.items()}
        begin.append(tempo)
        changes.append(found)
        tempo = found[max(found)] if found else tempo
    tempos = {}
    for index, bar in played if tracks else ():
        tempos[bar.start] = begin[index]
        tempos |= {bar.start + at: bpm for at, bpm in changes[index].items()}
    return tempos


def _play(
    track: guitarpro.Track, strokes: list[list[Stroke]], played: list[tuple[int, Bar]]
) -> list[Voice]:
    """Play a track: return a voice for each of its instruments."""
    notes: dict[int, list[NotatedNote]] = {}
    sounding: dict[tuple[int, int], tuple[list, int] | None] = {}  # place -> its last note
    before = -1
    for index, bar in played:
        if index != before + 1:
            sounding.clear()  # after a jump, what is tied to another bar begins anew
        before = index
        for stroke in strokes[index]:
            start = bar.start + stroke.start
            if stroke.type is NoteType.dead:
                sounding[stroke.place] = None
            elif stroke.type is NoteType.tie and stroke.place in sounding:
                if sounding[stroke.place]:
                    _lengthen(*sounding[stroke.place], start + stroke.length)
            else:
                found = notes.setdefault(stroke.program, [])
                found.append(
                    NotatedNote(start, stroke.length, stroke.pitch, velocity=stroke.velocity)
                )
                sounding[stroke.place] = found, len(found) - 1
    bars = [bar for _, bar in played]
    return [
        Voice(text(track.name), sorted(found), bars, program, track.isPercussionTrack)
        for program, found in notes.items()
    ]


def _lengthen(notes: list[NotatedNote], place: int, end: Fraction) -> None:
    """Lengthen a note by one that is tied to it, over what lies between."""
    note = notes[place]
    notes[place] = note._replace(length=max(note.length, end - note.start))
