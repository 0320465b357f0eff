"""Read Standard MIDI Files as scores.

Conventions: a `Score` holds parts with a name and an instrument, the tempo map and the time
signatures. Its times are seconds from the start of the file, under the file's tempo changes.
"""

import io
from collections import defaultdict, deque
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import mido

from mathrock.formats.errors import ScoreError
from mathrock.formats.midi.tick_clock import TickClock
from mathrock.music.score import DEFAULT_TEMPO, NO_PROGRAM, Metre, Note, Part, Score, Tempo

DRUM_CHANNEL = 9
_READ_ERRORS = (EOFError, OSError, ValueError, LookupError, TypeError, mido.KeySignatureError)


def read_score(path: str | Path) -> Score:
    """Read a type 0 or 1 MIDI file as a score.

    A part is the notes of one track, channel and program, so a program change starts a new part.
    Overlapping notes of equal pitch on one channel end in the order in which they began; a note
    without an end lasts until the end of the file. The sustain pedal does not lengthen notes.

    Raises:
        ScoreError: the file is missing, empty, damaged or of a kind that has no common time line.
    """
    return _score_of(parse_midi(path))


def _score_of(midi: mido.MidiFile) -> Score:
    tempos, metres, title = _read_time_line(midi)
    clock = TickClock(tempos, midi.ticks_per_beat)
    end = max((sum(message.time for message in track) for track in midi.tracks), default=0)
    parts: dict[tuple, Part] = {}
    for index, track in enumerate(midi.tracks):
        _read_track(index, track, clock, end, parts)
    return Score([part for part in parts.values() if part.notes], tempos, metres, title)


def read_midi(data: bytes) -> tuple[Score, tuple[str, ...]]:
    """Read the data of a MIDI file as a score, with warnings.

    Parts have the program `NO_PROGRAM` where the file sets no program at all.

    Raises:
        ScoreError: as for `read_score`.
    """
    midi = _parse(io.BytesIO(data))
    score = _score_of(midi)
    if any(message.type == "program_change" for track in midi.tracks for message in track):
        return score, ()
    parts = [part._replace(program=NO_PROGRAM) for part in score.parts]
    return replace(score, parts=parts), ()


def parse_midi(path: str | Path) -> mido.MidiFile:
    """Parse a MIDI file of type 0 or 1 with mido.

    Raises:
        ScoreError: as for `read_score`.
    """
    path = Path(path)
    if not path.is_file():
        raise ScoreError("is missing")
    if path.stat().st_size == 0:
        raise ScoreError("is empty (0 bytes)")
    try:
        return _parse(io.BytesIO(path.read_bytes()))
    except PermissionError:
        raise ScoreError("can't be read: permission denied") from None


def _parse(file: BinaryIO) -> mido.MidiFile:
    try:
        midi = mido.MidiFile(file=file, clip=True)
    except _READ_ERRORS as error:
        raise ScoreError("is damaged or not a MIDI file") from error
    if midi.type == 2:
        raise ScoreError("is a type 2 MIDI file, whose tracks have no common time line")
    if not 0 < midi.ticks_per_beat < 0x8000:
        raise ScoreError("counts time in SMPTE frames instead of beats, which is not supported")
    return midi


def _read_time_line(midi: mido.MidiFile) -> tuple[tuple[Tempo, ...], tuple[Metre, ...], str]:
    """Collect the tempo map, the time signatures and the title from all tracks."""
    changes = []
    title = _name(midi.tracks[0]) if midi.tracks else ""
    for track in midi.tracks:
        tick = 0
        for message in track:
            tick += message.time
            if message.type in ("set_tempo", "time_signature"):
                changes.append((tick, message))
    changes.sort(key=lambda change: change[0])
    tempos, metres = [Tempo(0.0, DEFAULT_TEMPO)], [Metre(0.0, 4, 4)]
    at, seconds = 0, 0.0
    for tick, message in changes:
        seconds += (tick - at) / midi.ticks_per_beat * 60 / tempos[-1].bpm
        at = tick
        if message.type == "set_tempo":
            _change(tempos, Tempo(seconds, 60_000_000 / max(1, message.tempo)))
        else:
            _change(metres, Metre(seconds, message.numerator, message.denominator))
    return tuple(tempos), tuple(metres), title


def _name(track: mido.MidiTrack) -> str:
    return next((m.name.strip() for m in track if m.type == "track_name"), "")


def _change(timeline: list, change: Tempo | Metre) -> None:
    """Append a change to a time line; a second change at the same time replaces the first."""
    if timeline[-1].time == change.time:
        timeline.pop()
    timeline.append(change)


def _read_track(index: int, track: mido.MidiTrack, clock: TickClock, end: int, parts: dict) -> None:
    name = _name(track)
    programs = [0] * 16
    open_notes = defaultdict(deque)  # (channel, pitch) -> (part, onset tick, velocity) of each

    def close(channel: int, pitch: int, tick: int) -> None:
        part, onset, velocity = open_notes[channel, pitch].popleft()
        if tick > onset:
            part.notes.append(Note(clock.seconds(onset), clock.seconds(tick), pitch, velocity))

    tick = 0
    for message in track:
        tick += message.time
        if message.type == "program_change":
            programs[message.channel] = message.program
        elif message.type == "note_on" and message.velocity > 0:
            channel, program = message.channel, programs[message.channel]
            key = (index, channel, program)
            if key not in parts:
                parts[key] = Part(name, [], program, channel == DRUM_CHANNEL)
            open_notes[channel, message.note].append((parts[key], tick, message.velocity))
        elif message.type in ("note_on", "note_off") and open_notes[message.channel, message.note]:
            close(message.channel, message.note, tick)
    for (channel, pitch), waiting in open_notes.items():
        while waiting:
            close(channel, pitch, end)
    for key, part in parts.items():
        if key[0] == index:
            part.notes.sort()
