"""The band that plays the demo songs: two clean guitars, a bass, drums, and their effects.

The chains are fixed, because a demo song is a recording: no knob of a user's changes it.
"""

from mathrock.audiowriter import write_mp3
from mathrock.rack import finish
from mathrock.stems import render_stems
from mathrock.synthesis import SAMPLE_RATE

CHAINS = {
    "guitars": [
        {"HighpassFilter": {"cutoff_frequency_hz": 80}},
        {"Compressor": {"threshold_db": -26, "ratio": 3, "attack_ms": 6, "release_ms": 90}},
        {"PeakFilter": {"cutoff_frequency_hz": 2600, "gain_db": 4, "q": 0.8}},
        {"Distortion": {"drive_db": 6}},
        {"Chorus": {"rate_hz": 0.7, "depth": 0.1, "mix": 0.15}},
        {"Reverb": {"room_size": 0.3, "wet_level": 0.12, "dry_level": 0.88}},
    ],
    "bass": [
        {"Compressor": {"threshold_db": -24, "ratio": 4, "attack_ms": 10, "release_ms": 120}},
        {"Distortion": {"drive_db": 4}},
    ],
    "drums": [{"Reverb": {"room_size": 0.2, "wet_level": 0.08, "dry_level": 0.92}}],
}
PARTS = {"guitar": "guitars", "bass": "bass", "drums": "drums", "other": None}


def record(midi: str, soundfont: str, path: str) -> None:
    """Play a MIDI file and write the mix as a tagged mp3."""
    stems, _ = render_stems(midi, soundfont)
    song = finish(stems, SAMPLE_RATE, CHAINS, PARTS, None)
    write_mp3(path, song, SAMPLE_RATE, artist="Making Math Rock", album="Demo songs (CC0)")
