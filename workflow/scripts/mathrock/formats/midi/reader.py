"""Read Standard MIDI Files as scores.

Conventions: a `Score` holds parts with a name and an instrument, the tempo map and the time
signatures. Its times are seconds from the start of the file, under the file's tempo changes.
"""

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from mathrock.files.damage import reading
from mathrock.files.limits import MAX_CHANGES, MAX_EVENTS
from mathrock.formats.errors import ScoreError
from mathrock.formats.midi.channels import Channels
from mathrock.formats.midi.chunks import Header, find_tracks, read_header
from mathrock.formats.midi.events import (
    META,
    METRE,
    NAME,
    NOTE_OFF,
    NOTE_ON,
    TEMPO,
    Event,
    read_events,
)
from mathrock.formats.midi.tick_clock import TickClock
from mathrock.music.score import (
    DEFAULT_TEMPO,
    NO_PROGRAM,
    Metre,
    Note,
    Part,
    Score,
    Tempo,
)

MOST_METRE = 64  # numerator and denominator of a time signature
SHORT = 8  # a note whose end is on the tick of its onset lasts a quarter note divided by this
HANGING = 16  # quarter notes after the last event for which a note without an end lasts, at most
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class _File(NamedTuple):
    """A parsed file: its header, the events of each track, the ticks at which the tracks end.

    `damage` is empty, or says what is missing.
    """

    header: Header
    tracks: list[list[Event]]
    ends: list[int]
    damage: str


def read_score(path: str | Path) -> Score:
    """Read a MIDI file that the workflow wrote.

    Raises:
        DamagedFile: the file is not whole.
    """
    with reading(path):
        file = _parse(Path(path).read_bytes())
        if file.damage or len(file.tracks) != file.header.tracks:
            raise ValueError("a track is missing, or its end")
        return _score_of(file)[0]


def read_midi(data: bytes) -> tuple[Score, tuple[str, ...]]:
    """Read the data of a MIDI file of type 0 or 1 as a score, with warnings.

    A part is the notes of one track, channel and program, so a program change starts a new part;
    all have the program `NO_PROGRAM` where the file sets no program at all. Overlapping notes of
    equal pitch end in the order in which they began; a note that ends on the tick of its onset is
    short, and one without an end lasts until the end of the file. The sustain pedal does not
    lengthen notes.

    Raises:
        ScoreError: the data are no MIDI, or of a kind that has no common time line.
    """
    file = _parse(data)
    score, warnings = _score_of(file)
    if file.damage:
        warnings = (file.damage, *warnings)
    return score, warnings


def _parse(data: bytes) -> _File:
    header, at = read_header(data)
    if header.kind == 2:
        raise ScoreError("is a type 2 MIDI file, whose tracks have no common time line")
    if not header.division:
        raise ScoreError("says no length of its ticks")
    tracks, ends, cut = [], [], False
    for chunk in find_tracks(data, at):
        events, end, is_ended = read_events(data, chunk.start, chunk.end)
        tracks.append(events)
        ends.append(end)
        cut = cut or not (is_ended or chunk.is_whole)
        if sum(map(len, tracks)) > MAX_EVENTS:
            raise ScoreError(f"has more than {MAX_EVENTS} events")
    if not tracks:
        raise ScoreError("is damaged or not a MIDI file: it has no tracks")
    return _File(header, tracks, ends, "is cut short: its end is missing" if cut else "")


def _score_of(file: _File) -> tuple[Score, tuple[str, ...]]:
    title = next(iter(_names(file.tracks[0])), "")
    if (division := file.header.division) > 0:
        tempos, metres, warnings = _time_line(file.tracks, division)
    else:  # SMPTE frames a second and ticks a frame; 29 stands for 29.97
        frames = {-29: 30 / 1.001}.get(division >> 8, -(division >> 8))
        division = frames * max(1, division & 0xFF) * 60 / DEFAULT_TEMPO
        tempos, metres = (Tempo(0.0, DEFAULT_TEMPO),), ()
        warnings = ("counts time in SMPTE frames: it has no beats",)
    channels = Channels()
    notes = _read_notes(file, channels, division)
    clock = TickClock(tempos, division)
    parts = defaultdict(list)
    for key, onset, offset, pitch, velocity in notes:
        parts[key].append(Note(clock.seconds(onset), clock.seconds(offset), pitch, velocity))
    names = [next(iter(_names(track)), "") for track in file.tracks]
    made = [
        Part(
            names[track], sorted(notes), program if channels.sets_programs else NO_PROGRAM, is_drum
        )
        for (track, _, program, is_drum), notes in parts.items()
    ]
    return Score(made, tempos, metres, title), warnings


def _names(track: list[Event]) -> Iterator[str]:
    for event in track:
        if event.kind == META and event.first == NAME:
            try:
                text = event.second.decode()
            except UnicodeDecodeError:
                text = event.second.decode("latin-1")
            yield _CONTROL.sub(" ", text).strip()


def _time_line(
    tracks: list[list[Event]], division: int
) -> tuple[tuple[Tempo, ...], tuple[Metre, ...], tuple[str, ...]]:
    """Collect the tempo map and the time signatures of all tracks, with warnings."""
    changes = [e for track in tracks for e in track if e.kind == META and e.first != NAME]
    if len(changes) > MAX_CHANGES:
        raise ScoreError(f"has more than {MAX_CHANGES} changes of tempo and metre")
    tempos, metres, warnings = [Tempo(0.0, DEFAULT_TEMPO)], [Metre(0.0, 4, 4)], {}
    at, seconds = 0, 0.0
    for tick, _, _, kind, content in sorted(changes, key=lambda event: event.tick):
        seconds += (tick - at) / division * 60 / tempos[-1].bpm
        at = tick
        if kind == TEMPO and len(content) >= 3:
            if tempo := int.from_bytes(content[:3]):
                _change(tempos, Tempo(seconds, 60_000_000 / tempo))
            else:
                warnings["has a tempo of 0, which is passed over"] = None
        elif kind == METRE and len(content) >= 2:
            numerator, denominator = content[0], 2 ** min(content[1], 8)
            if 0 < numerator <= MOST_METRE and denominator <= MOST_METRE:
                _change(metres, Metre(seconds, numerator, denominator))
    return tuple(tempos), tuple(metres), tuple(warnings)


def _change(timeline: list, change: Tempo | Metre) -> None:
    """Append a change to a time line; a second change at the same time replaces the first."""
    if timeline[-1].time == change.time:
        timeline.pop()
    timeline.append(change)


def _read_notes(file: _File, channels: Channels, division: float) -> Iterable[tuple]:
    """Pair the onsets and offsets of notes: ((track, channel, program, is_drum), onset, offset,
    pitch, velocity), in ticks."""
    merged = [(event, track) for track, events in enumerate(file.tracks) for event in events]
    # What is no note comes first on its tick: a program holds for the notes of other tracks.
    merged.sort(key=lambda pair: (pair[0].tick, pair[0].kind in (NOTE_ON, NOTE_OFF)))
    notes, waiting = [], defaultdict(deque)
    last = 0
    for (tick, kind, channel, pitch, velocity), track in merged:
        if kind == NOTE_ON:
            key = track, channel, channels.program(track, channel), channels.is_drum(channel)
            waiting[track, channel, pitch].append((key, tick, velocity))
            last = tick
        elif kind == NOTE_OFF:
            key, onset, loud = waiting[track, channel, pitch].popleft()
            notes.append(
                (key, onset, max(tick, onset + (tick == onset) * division / SHORT), pitch, loud)
            )
            last = tick
        else:
            channels.apply(track, Event(tick, kind, channel, pitch, velocity))
    end = min(max(file.ends), last + HANGING * division)
    for (_, _, pitch), hanging in waiting.items():
        for key, onset, loud in hanging:
            notes.append((key, onset, max(end, onset + division / SHORT), pitch, loud))
    notes.sort(key=lambda note: (note[0][0], note[1]))
    return notes
