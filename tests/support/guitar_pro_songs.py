"""Small songs for PyGuitarPro's writer."""

import io

import guitarpro
from guitarpro import BeatStatus, NoteType

VERSIONS = [(3, 0, 0), (4, 0, 6), (5, 1, 0)]


def song_of(*bars, metre=(4, 4), tempo=120):
    """A song of one track; a bar is a list of (duration, [(string, fret), ...], changes)."""
    song = guitarpro.Song(title="Tést", tempo=tempo)
    song.measureHeaders = [guitarpro.MeasureHeader(number=n + 1) for n in range(len(bars))]
    track = guitarpro.Track(song, name="Lead")
    for header in song.measureHeaders:
        header.timeSignature.numerator = metre[0]
        header.timeSignature.denominator.value = metre[1]
    track.measures = [guitarpro.Measure(track, header) for header in song.measureHeaders]
    song.tracks = [track]
    for measure, beats in zip(track.measures, bars, strict=True):
        voice = measure.voices[0]
        for duration, notes, *changes in beats:
            beat = guitarpro.Beat(voice, duration=guitarpro.Duration(duration))
            beat.status = BeatStatus.normal if notes else BeatStatus.rest
            for string, fret in notes:
                note = guitarpro.Note(beat, value=fret, string=string, type=NoteType.normal)
                beat.notes.append(note)
            for change in changes:
                change(beat)
            voice.beats.append(beat)
    return song


def data_of(song, version=(5, 1, 0)):
    stream = io.BytesIO()
    guitarpro.write(song, stream, version=version)
    return stream.getvalue()


def effect(**fields):
    """A change of a bar's beat: sets fields of the effects of its notes."""

    def change(beat):
        for note in beat.notes:
            for name, value in fields.items():
                setattr(note.effect, name, value)

    return change


def note_type(kind):
    """A change of a bar's beat: sets its notes' type."""

    def change(beat):
        for note in beat.notes:
            note.type = kind

    return change
