"""Write scores as Standard MIDI Files."""

from collections import defaultdict
from pathlib import Path

import mido

from mathrock.files.atomic import replacing
from mathrock.formats.midi.tick_clock import TickClock
from mathrock.music.parts import merge_parts
from mathrock.music.score import Part, Score, Tempo

TICKS_PER_BEAT = 960  # a tick is 0.52 ms at 120 beats a minute
DRUM_CHANNEL, PITCHED_CHANNELS = 9, 15
MIN_TEMPO = 60_000_000 / 0xFFFFFF  # MIDI stores microseconds per beat in 24 bits


def write_score(path: str | Path, score: Score) -> None:
    """Write a score as a type 1 MIDI file, whole or not at all.

    The first track holds tempos, time signatures and markers; each part gets a track of its own.
    Every note lasts at least one tick. A note ends at the next onset of its pitch in the same part,
    so that no reader pairs an onset with the wrong end. MIDI has 16 channels, one of them for
    drums: of more than 15 pitched parts some are merged (see `music/parts.merge_parts`).
    """
    tempos = [(time, mido.bpm2tempo(max(bpm, MIN_TEMPO))) for time, bpm in score.tempos]
    exact = tuple(Tempo(time, 60_000_000 / tempo) for time, tempo in tempos)  # as MIDI stores them
    clock = TickClock(exact, TICKS_PER_BEAT)
    midi = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT)
    midi.tracks.append(_time_track(score, tempos, clock))
    channels = iter(channel for channel in range(16) if channel != DRUM_CHANNEL)
    pitched = sum(not part.is_drum for part in score.parts)
    for part in merge_parts(score.parts) if pitched > PITCHED_CHANNELS else score.parts:
        channel = DRUM_CHANNEL if part.is_drum else next(channels)
        midi.tracks.append(_part_track(part, channel, clock))
    with replacing(path) as temporary:
        midi.save(temporary)


def _time_track(score: Score, tempos: list, clock: TickClock) -> mido.MidiTrack:
    events = []
    for time, tempo in tempos:
        events.append((clock.tick(time), mido.MetaMessage("set_tempo", tempo=tempo)))
    for time, numerator, denominator in score.metres:
        message = mido.MetaMessage("time_signature", numerator=numerator, denominator=denominator)
        events.append((clock.tick(time), message))
    for time, text in score.markers:
        events.append((clock.tick(time), mido.MetaMessage("marker", text=_writable(text))))
    return _track(score.title, events)


def _part_track(part: Part, channel: int, clock: TickClock) -> mido.MidiTrack:
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
