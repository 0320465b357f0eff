"""Render a MIDI file as stems: the sound of each part by itself."""

from pathlib import Path

import mido
import numpy as np

from mathrock.rendering.stems import PARTS, mix
from mathrock.rendering.synthesis import SAMPLE_RATE, open_synth, play, read_midi

DRUM_CHANNEL = 9
FULL_SCALE = 0.999  # what the loudest sample of a song that would clip is brought down to


def part_of(channel: int, program: int) -> str:
    """Name the part of a channel (0-15) that plays a General MIDI program (0-127)."""
    if channel == DRUM_CHANNEL:
        return "drums"
    return {3: "guitar", 4: "bass"}.get(program // 8, "other")


def split_parts(midi: mido.MidiFile) -> dict[str, mido.MidiFile]:
    """Split a MIDI file by part: each part with notes gets all messages but others' note-ons."""
    tracks = {part: mido.MidiTrack() for part in PARTS}
    at = dict.fromkeys(PARTS, 0)
    playing = set()
    programs = [0] * 16
    tick = 0
    for message in mido.merge_tracks(midi.tracks):
        tick += message.time
        if message.type == "program_change":
            programs[message.channel] = message.program
        parts = PARTS
        if message.type == "note_on" and message.velocity > 0:
            parts = (part_of(message.channel, programs[message.channel]),)
            playing.update(parts)
        for part in parts:
            tracks[part].append(message.copy(time=tick - at[part]))
            at[part] = tick
    return {
        part: mido.MidiFile(type=0, ticks_per_beat=midi.ticks_per_beat, tracks=[tracks[part]])
        for part in PARTS
        if part in playing
    }


def render_stems(
    midi_path: str | Path,
    soundfont: str | Path,
    sample_rate: int = SAMPLE_RATE,
    engine: str = "tinysoundfont",
) -> tuple[dict[str, np.ndarray], list[tuple[int, int]]]:
    """Render a MIDI file with a SoundFont, each part by itself.

    A song too loud for a fixed-point file is turned down as a whole; others keep their level.

    Returns:
        Part name -> samples, (n, 2) float32 with one n for all, whose sum is the song and, like
        each stem, within full scale; and the skipped (channel, program) pairs as for
        `mathrock.rendering.synthesis.render`.

    Raises:
        SynthesisError: a file or the engine cannot be used.
    """
    parts = split_parts(read_midi(midi_path))
    synth = open_synth(soundfont, sample_rate, engine)
    stems, skipped = {}, set()
    for part, midi in parts.items():
        stems[part], missing = play(midi, synth, sample_rate)
        skipped.update(missing)
    length = max((len(samples) for samples in stems.values()), default=0)
    for part, samples in stems.items():
        if len(samples) < length:
            stems[part] = np.pad(samples, ((0, length - len(samples)), (0, 0)))
    _turn_down(stems)
    return stems, sorted(skipped)


def _turn_down(stems: dict[str, np.ndarray]) -> None:
    """Scale all stems alike, in place, if one of them or their sum exceeds full scale."""
    peak = max((np.abs(x).max(initial=0) for x in (*stems.values(), mix(stems))), default=0)
    if peak > FULL_SCALE:
        for samples in stems.values():
            samples *= np.float32(FULL_SCALE / peak)
