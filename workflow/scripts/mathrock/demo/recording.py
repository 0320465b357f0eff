"""Record demo songs with a band: two clean guitars, a bass, drums, and their effects.

The chains are fixed, because a demo song stands for a recording: no setting changes it.
"""

from mathrock.audio.writing import write_mp3
from mathrock.rendering.mixing import mix_down
from mathrock.rendering.part_rendering import render_stems
from mathrock.rendering.synthesis import SAMPLE_RATE

CHAINS = {
    "guitars": [
        {"HighpassFilter": {"cutoff_frequency_hz": 80}},
        {"Compressor": {"threshold_db": -26, "ratio": 3, "attack_ms": 6, "release_ms": 90}},
        {"PeakFilter": {"cutoff_frequency_hz": 2600, "gain_db": 4, "q": 0.8}},
        {"Distortion": {"drive_db": 6}},
        {"Chorus": {"rate_hz": 0.7, "depth": 0.1, "mix": 0.15}},
        {"Reverb": {"room_size": 0.3, "wet_level": 0.12, "dry_level": 0.88}},
    ],
    # Clean and bright into the amplifier's spring tank: a short slap, then a wet and bright reverb.
    "wet guitars": [
        {"HighpassFilter": {"cutoff_frequency_hz": 80}},
        {"Compressor": {"threshold_db": -24, "ratio": 2.5, "attack_ms": 8, "release_ms": 80}},
        {"HighShelfFilter": {"cutoff_frequency_hz": 3000, "gain_db": 4}},
        {"Delay": {"delay_seconds": 0.035, "feedback": 0.3, "mix": 0.12}},
        {"Reverb": {"room_size": 0.55, "damping": 0.2, "wet_level": 0.26, "dry_level": 0.74}},
    ],
    "bass": [
        {"Compressor": {"threshold_db": -24, "ratio": 4, "attack_ms": 10, "release_ms": 120}},
        {"Distortion": {"drive_db": 4}},
    ],
    "drums": [{"Reverb": {"room_size": 0.2, "wet_level": 0.08, "dry_level": 0.92}}],
}
MATH_ROCK_BAND = {"guitar": "guitars", "bass": "bass", "drums": "drums", "other": None}
BANDS = {"math_rock": MATH_ROCK_BAND, "surf": MATH_ROCK_BAND | {"guitar": "wet guitars"}}


def record(midi: str, soundfont: str, path: str, genre: str) -> None:
    """Render a MIDI file with the band of a genre of `BANDS`; write the mix as a tagged mp3."""
    stems, _ = render_stems(midi, soundfont)
    song = mix_down(stems, SAMPLE_RATE, CHAINS, BANDS[genre], None)
    write_mp3(path, song, SAMPLE_RATE, artist="Making Math Rock", album="Demo songs (CC0)")
