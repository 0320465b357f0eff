"""A song as stems: the sound of each part by itself, so that each can get its own effects."""

from pathlib import Path

import mido
import numpy as np
import soundfile

from mathrock.atomic import replacing
from mathrock.synthesis import SAMPLE_RATE, open_synth, play, read_midi

DRUM_CHANNEL = 9
PARTS = ("guitar", "bass", "drums", "other")  # the order of the channel pairs in a stems file
FULL_SCALE = 0.999  # what the loudest sample of a song that would clip is brought down to
BLOCK = 1 << 16


def part_of(channel: int, program: int) -> str:
    """The part to which a channel (0-15) playing a General MIDI program (0-127) belongs."""
    if channel == DRUM_CHANNEL:
        return "drums"
    return {3: "guitar", 4: "bass"}.get(program // 8, "other")


def split_parts(midi: mido.MidiFile) -> dict[str, mido.MidiFile]:
    """One MIDI file for each part that has notes: all messages but the other parts' note-ons."""
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
    """Play a MIDI file with a SoundFont, each part by itself.

    A song too loud for a fixed-point file is turned down as a whole; others keep their level.

    Returns:
        Part name -> samples, (n, 2) float32 with one n for all, whose sum is the song and, like
        each stem, within full scale; and the skipped (channel, program) pairs as for
        `mathrock.synthesis.render`.

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


def mix(stems: dict[str, np.ndarray]) -> np.ndarray:
    """The sum of stems of any lengths: (n, 2) float32, empty where there are none."""
    length = max((len(samples) for samples in stems.values()), default=0)
    total = np.zeros((length, 2), np.float32)
    for samples in stems.values():
        total[: len(samples)] += samples
    return total


def write_stems(path: str | Path, stems: dict[str, np.ndarray], sample_rate: int) -> None:
    """Write stems of one length as an 8-channel FLAC of 24 bits: two channels for each of PARTS."""
    length = max([1, *(len(samples) for samples in stems.values())])  # an empty FLAC is unreadable
    with (
        replacing(path) as temporary,
        soundfile.SoundFile(
            temporary, "w", sample_rate, 2 * len(PARTS), "PCM_24", format="FLAC"
        ) as file,
    ):
        for start in range(0, length, BLOCK):
            block = np.zeros((min(BLOCK, length - start), 2 * len(PARTS)), np.float32)
            for index, part in enumerate(PARTS):
                if part in stems:
                    block[:, 2 * index : 2 * index + 2] = stems[part][start : start + BLOCK]
            file.write(block)


def read_stems(path: str | Path) -> tuple[dict[str, np.ndarray], int]:
    """Read what `write_stems` wrote: the parts that sound, (n, 2) float32, and the sample rate."""
    with soundfile.SoundFile(path) as file:
        stems = {part: np.zeros((file.frames, 2), np.float32) for part in PARTS}
        sounding = set()
        for start in range(0, file.frames, BLOCK):
            block = file.read(BLOCK, dtype="float32")
            for index, part in enumerate(PARTS):
                pair = block[:, 2 * index : 2 * index + 2]
                if pair.any():
                    stems[part][start : start + len(block)] = pair
                    sounding.add(part)
        return {part: stems[part] for part in PARTS if part in sounding}, file.samplerate


def _turn_down(stems: dict[str, np.ndarray]) -> None:
    """Scale all stems alike, in place, if one of them or their sum exceeds full scale."""
    peak = max((np.abs(x).max(initial=0) for x in (*stems.values(), mix(stems))), default=0)
    if peak > FULL_SCALE:
        for samples in stems.values():
            samples *= np.float32(FULL_SCALE / peak)
