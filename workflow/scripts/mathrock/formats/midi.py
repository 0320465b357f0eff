"""Read and write scores as Standard MIDI Files.

Conventions: a `Score` holds parts with a name and an instrument, the tempo map and the time
signatures. Its times are seconds from the start of the file; reading and writing both convert them
under the file's tempo changes.
"""

from bisect import bisect_right
from collections import defaultdict, deque
from pathlib import Path

import mido

from mathrock.files.atomic import replacing
from mathrock.music.score import DEFAULT_TEMPO, Metre, Note, Part, Score, Tempo

TICKS_PER_BEAT = 960  # a tick is 0.52 ms at 120 beats a minute
DRUM_CHANNEL = 9
_READ_ERRORS = (EOFError, OSError, ValueError, LookupError, TypeError, mido.KeySignatureError)
MIN_TEMPO = 60_000_000 / 0xFFFFFF  # MIDI stores microseconds per beat in 24 bits


class MidiError(ValueError):
    """An error for a file that cannot be used as MIDI; its message says why."""


class _TickClock:
    """A converter between seconds and ticks under a tempo map."""

    def __init__(self, tempos: tuple[Tempo, ...], ticks_per_beat: int):
        tempos = tempos if tempos and tempos[0].time <= 0 else (Tempo(0.0, DEFAULT_TEMPO), *tempos)
        self._seconds = [0.0]
        self._ticks = [0]
        self._rates = [tempos[0].bpm / 60 * ticks_per_beat]  # ticks a second
        self._changes = {}  # seconds -> tick: events at the time of a change get the change's tick
        for time, bpm in tempos[1:]:
            # A change is on a whole tick, and later times count from that tick: no error adds up.
            passed = round((time - self._seconds[-1]) * self._rates[-1])
            self._seconds.append(self._seconds[-1] + passed / self._rates[-1])
            self._ticks.append(self._ticks[-1] + passed)
            self._changes[time] = self._ticks[-1]
            self._rates.append(bpm / 60 * ticks_per_beat)

    def tick(self, seconds: float) -> int:
        """Return the tick nearest to a time; the time of a tempo change gets the change's tick."""
        if seconds in self._changes:
            return self._changes[seconds]
        i = max(0, bisect_right(self._seconds, seconds) - 1)
        return round(self._ticks[i] + (max(0.0, seconds) - self._seconds[i]) * self._rates[i])

    def seconds(self, tick: int) -> float:
        """Return the time of a tick in seconds."""
        i = max(0, bisect_right(self._ticks, tick) - 1)
        return self._seconds[i] + (tick - self._ticks[i]) / self._rates[i]


def read_score(path: str | Path) -> Score:
    """Read a type 0 or 1 MIDI file as a score.

    A part is the notes of one track, channel and program, so a program change starts a new part.
    Overlapping notes of equal pitch on one channel end in the order in which they began; a note
    without an end lasts until the end of the file. The sustain pedal does not lengthen notes.

    Raises:
        MidiError: the file is missing, empty, damaged or of a kind that has no common time line.
    """
    midi = parse_midi(path)
    tempos, metres, title = _read_time_line(midi)
    clock = _TickClock(tempos, midi.ticks_per_beat)
    end = max((sum(message.time for message in track) for track in midi.tracks), default=0)
    parts: dict[tuple, Part] = {}
    for index, track in enumerate(midi.tracks):
        _read_track(index, track, clock, end, parts)
    return Score([part for part in parts.values() if part.notes], tempos, metres, title)


def parse_midi(path: str | Path) -> mido.MidiFile:
    """Parse a MIDI file of type 0 or 1 with mido.

    Raises:
        MidiError: as for `read_score`.
    """
    path = Path(path)
    if not path.is_file():
        raise MidiError("is missing")
    if path.stat().st_size == 0:
        raise MidiError("is empty (0 bytes)")
    try:
        midi = mido.MidiFile(path, clip=True)
    except PermissionError:
        raise MidiError("can't be read: permission denied") from None
    except _READ_ERRORS as error:
        raise MidiError("is damaged or not a MIDI file") from error
    if midi.type == 2:
        raise MidiError("is a type 2 MIDI file, whose tracks have no common time line")
    if not 0 < midi.ticks_per_beat < 0x8000:
        raise MidiError("counts time in SMPTE frames instead of beats, which is not supported")
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


def _read_track(
    index: int, track: mido.MidiTrack, clock: _TickClock, end: int, parts: dict
) -> None:
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


def write_score(path: str | Path, score: Score) -> None:
    """Write a score as a type 1 MIDI file, whole or not at all.

    The first track holds tempos, time signatures and markers; each part gets a track of its own.
    Every note lasts at least one tick. A note ends at the next onset of its pitch in the same part,
    so that no reader pairs an onset with the wrong end.

    Raises:
        ValueError: more than 15 pitched parts (MIDI has 16 channels, one of them for drums).
    """
    tempos = [(time, mido.bpm2tempo(max(bpm, MIN_TEMPO))) for time, bpm in score.tempos]
    exact = tuple(Tempo(time, 60_000_000 / tempo) for time, tempo in tempos)  # as MIDI stores them
    clock = _TickClock(exact, TICKS_PER_BEAT)
    midi = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT)
    midi.tracks.append(_time_track(score, tempos, clock))
    channels = iter(channel for channel in range(16) if channel != DRUM_CHANNEL)
    for part in score.parts:
        channel = DRUM_CHANNEL if part.is_drum else next(channels, None)
        if channel is None:
            raise ValueError("a MIDI file holds at most 15 pitched parts")
        midi.tracks.append(_part_track(part, channel, clock))
    with replacing(path) as temporary:
        midi.save(temporary)


def _time_track(score: Score, tempos: list, clock: _TickClock) -> mido.MidiTrack:
    events = []
    for time, tempo in tempos:
        events.append((clock.tick(time), mido.MetaMessage("set_tempo", tempo=tempo)))
    for time, numerator, denominator in score.metres:
        message = mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator)
        events.append((clock.tick(time), message))
    for time, text in score.markers:
        events.append((clock.tick(time), mido.MetaMessage("marker", text=_writable(text))))
    return _track(score.title, events)


def _part_track(part: Part, channel: int, clock: _TickClock) -> mido.MidiTrack:
    by_pitch = defaultdict(dict)  # pitch -> onset tick -> (offset tick, velocity)
    for note in part.notes:
        onset = clock.tick(note.onset)
        offset = max(onset + 1, clock.tick(note.offset))
        longest = max(offset, by_pitch[note.pitch].get(onset, (0, 0))[0])
        by_pitch[note.pitch][onset] = (longest, note.velocity)
    events = []
    for pitch, notes in by_pitch.items():
        onsets = sorted(notes)
        for onset, following in zip(onsets, [*onsets[1:], None], strict=True):
            offset, velocity = notes[onset]
            offset = offset if following is None else min(offset, following)
            note = {"channel": channel, "note": pitch}
            events.append((onset, mido.Message("note_on", velocity=velocity, **note)))
            events.append((offset, mido.Message("note_off", velocity=0, **note)))
    events.sort(key=lambda event: (event[0], event[1].type == "note_on", event[1].note))
    program = mido.Message("program_change", channel=channel, program=part.program)
    return _track(part.name, [(0, program), *events])


def _writable(text: str) -> str:
    """Replace the characters that mido, which writes Latin-1, can't put into a MIDI file."""
    return text.encode("latin-1", "replace").decode("latin-1")


def _track(name: str, events: list) -> mido.MidiTrack:
    """Make a track with delta times from events at absolute ticks."""
    track = mido.MidiTrack([mido.MetaMessage("track_name", name=_writable(name))] if name else [])
    at = 0
    for tick, message in sorted(events, key=lambda event: event[0]):
        message.time = tick - at  # in place: mido's copy would check every field again
        track.append(message)
        at = tick
    track.append(mido.MetaMessage("end_of_track"))
    return track
