"""Read Standard MIDI Files as scores.

Conventions: a `Score` holds parts with a name and an instrument, the tempo map and the time
signatures. Its times are seconds from the start of the file, under the file's tempo changes.
"""

import re
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from mathrock.files.damage import reading
from mathrock.files.limits import MAX_CHANGES, MAX_EVENTS, MAX_PARTS, MAX_TRACKS
from mathrock.formats.errors import ScoreError
from mathrock.formats.midi.channels import Channels
from mathrock.formats.midi.chunks import Header, holds_another, next_track, read_header
from mathrock.formats.midi.events import METRE, NAME, PROGRAM, TEMPO, Track, read_track
from mathrock.formats.midi.tick_clock import TickClock
from mathrock.music.parts import merge_parts
from mathrock.music.score import DEFAULT_TEMPO, NO_PROGRAM, Metre, Note, Part, Score, Tempo

MOST_METRE = 64  # numerator and denominator of a time signature
SHORT = 8  # a note whose end is on the tick of its onset lasts a quarter note divided by this
HANGING = 16  # quarter notes after the last event for which a note without an end lasts, at most
LONGEST_NAME = 100  # letters
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class _File(NamedTuple):
    """A parsed file: its header, its tracks, and what is missing, in words, if anything is."""

    header: Header
    tracks: list[Track]
    warnings: tuple[str, ...]


def read_score(path: str | Path) -> Score:
    """Read a MIDI file that the workflow wrote.

    Raises:
        DamagedFile: the file is not whole.
    """
    with reading(path):
        file = _parse(Path(path).read_bytes())
        if file.warnings:
            raise ValueError(file.warnings[0])
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
    return score, (*file.warnings, *warnings)


def _parse(data: bytes) -> _File:
    header, at = read_header(data)
    if not header.division:
        raise ScoreError("says no length of its ticks")
    tracks, events, is_cut = [], 0, False
    while chunk := next_track(data, at):
        track = read_track(data, chunk.start, chunk.end)
        tracks.append(track)
        events += 2 * len(track.notes) + len(track.events)
        is_cut = is_cut or not (track.is_ended or chunk.is_whole)
        if len(tracks) > MAX_TRACKS or events > MAX_EVENTS:
            raise ScoreError(f"has more than {MAX_TRACKS} tracks or {MAX_EVENTS} events")
        # A length that lies must not swallow the tracks that follow.
        at = track.after if data.startswith(b"MTrk", track.after) else chunk.end
    if header.kind == 2 and sum(bool(track.notes) for track in tracks) > 1:
        raise ScoreError("is a type 2 MIDI file, whose tracks have no common time line")
    warnings = []
    if is_cut:
        warnings.append("is cut short: its end is missing")
    elif len(tracks) < header.tracks:
        warnings.append(f"has {len(tracks)} of the {header.tracks} tracks that it promises")
    if holds_another(data, at):
        warnings.append("holds several MIDI files, of which the first is read")
    return _File(header, tracks, tuple(warnings))


def _score_of(file: _File) -> tuple[Score, tuple[str, ...]]:
    if (division := file.header.division) > 0:
        tempos, metres, warnings = _time_line(file.tracks, division)
    else:  # SMPTE frames a second and ticks a frame; 29 stands for 29.97
        frames = {-29: 30 / 1.001}.get(division >> 8, -(division >> 8))
        division = frames * max(1, division & 0xFF) * 60 / DEFAULT_TEMPO
        tempos, metres = (Tempo(0.0, DEFAULT_TEMPO),), ()
        warnings = ("counts time in SMPTE frames: it has no beats",)
    names = [_name(track) for track in file.tracks]
    parts = _read_parts(file.tracks, names, division, TickClock(tempos, division))
    if len(parts) > MAX_PARTS:
        parts = merge_parts(parts, MAX_PARTS)
    return Score(parts, tempos, metres, names[0] if names else ""), warnings


def _name(track: Track) -> str:
    text = next((event.value for event in track.events if event.kind == NAME), b"")
    try:
        name = text.decode()
    except UnicodeDecodeError:
        name = text.decode("latin-1")
    return _CONTROL.sub(" ", name).strip()[:LONGEST_NAME]


def _time_line(
    tracks: list[Track], division: int
) -> tuple[tuple[Tempo, ...], tuple[Metre, ...], tuple[str, ...]]:
    """Collect the tempo map and the time signatures of all tracks, with warnings."""
    changes = [event for track in tracks for event in track.events if event.kind in (TEMPO, METRE)]
    if len(changes) > MAX_CHANGES:
        raise ScoreError(f"has more than {MAX_CHANGES} changes of tempo and metre")
    tempos, metres, warnings = [Tempo(0.0, DEFAULT_TEMPO)], [Metre(0.0, 4, 4)], {}
    at, seconds = 0, 0.0
    for tick, kind, _, content in sorted(changes, key=lambda event: event.tick):
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


def _read_parts(
    tracks: list[Track], names: list[str], division: float, clock: TickClock
) -> list[Part]:
    """Make parts of the notes of a track, channel and program, in the order of the tracks."""
    notes = sorted((note, number) for number, track in enumerate(tracks) for note in track.notes)
    # On equal ticks, what is no note comes first: a program holds for the notes of other tracks.
    events = [(event, number) for number, track in enumerate(tracks) for event in track.events]
    has_programs = any(event.kind == PROGRAM for event, _ in events)
    events.sort(key=lambda pair: pair[0].tick)
    events.reverse()
    last = max((max(onset, offset) for (onset, offset, *_), _ in notes), default=0)
    end = min(max((track.end for track in tracks), default=0), last + HANGING * division)
    channels, parts, part_of = Channels(), defaultdict(list), {}
    for (onset, offset, channel, pitch, velocity), number in notes:
        while events and events[-1][0].tick <= onset:
            event, of = events.pop()
            channels.apply(of, event)
            part_of.clear()
        if (number, channel) not in part_of:
            key = number, channel, channels.program(number, channel), channels.is_drum(channel)
            part_of[number, channel] = parts[key]
        offset = end if offset < 0 else offset
        offset = offset if offset > onset else onset + division / SHORT
        note = Note(clock.seconds(onset), clock.seconds(offset), pitch, velocity)
        part_of[number, channel].append(note)
    return [
        Part(names[number], sorted(some), program if has_programs else NO_PROGRAM, drums)
        for (number, _, program, drums), some in sorted(parts.items(), key=lambda item: item[0][0])
    ]
