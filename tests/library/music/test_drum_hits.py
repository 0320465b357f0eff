import numpy as np
import pytest

from mathrock.audio.mel_spectrogram import BANDS, FRAMES_PER_SECOND
from mathrock.music.drum_hits import KEYS, Hit, as_notes, read_hits, write_hits
from mathrock.transcription.drum_detection import detect_drums
from mathrock.transcription.rhythm_network import OUTPUTS


def heard(hits, frames=400):
    """A spectrum and log-odds with hits {drum: [(frame, level)]}."""
    odds = np.full((frames, len(OUTPUTS)), -5.0, np.float32)
    levels = np.full((frames, BANDS), 50, np.uint8)
    for drum, places in hits.items():
        for frame, level in places:
            odds[frame, OUTPUTS.index(drum)] = 2.0
            levels[frame] = level
    return levels, odds


def test_hits_are_found_where_they_are():
    hits = detect_drums(*heard({"kick": [(50, 120)], "hat": [(50, 120), (90, 120)]}), 0.5)
    assert [(round(hit.time * FRAMES_PER_SECOND), hit.drum) for hit in hits] == [
        (50, "hat"), (50, "kick"), (90, "hat")
    ]  # fmt: skip


def test_a_higher_threshold_finds_fewer():
    levels, odds = heard({"snare": [(50, 120), (90, 120)]})
    odds[90, OUTPUTS.index("snare")] = 0.5
    assert len(detect_drums(levels, odds, 0.5)) == 2
    assert len(detect_drums(levels, odds, 0.8)) == 1


def test_louder_hits_have_higher_velocities():
    hits = detect_drums(*heard({"snare": [(50, 100), (90, 130), (130, 115)]}), 0.5)
    soft, loud, middle = (hit.velocity for hit in hits)
    assert soft < middle < loud
    assert all(1 <= velocity <= 127 for velocity in (soft, middle, loud))


def test_of_a_wide_peak_one_hit_is_made():
    levels, odds = heard({})
    odds[48:53, OUTPUTS.index("kick")] = [0, 1, 2, 1, 0]
    assert len(detect_drums(levels, odds, 0.5)) == 1


@pytest.mark.parametrize("frames", [0, 1, 3])
def test_hardly_any_sound(frames):
    assert detect_drums(*heard({}, frames), 0.5) == []


def test_a_table_comes_back(tmp_path):
    hits = [Hit(0.25, "kick", 90), Hit(1.5, "hat", 40)]
    write_hits(tmp_path / "a.tsv", hits)
    assert read_hits(tmp_path / "a.tsv") == hits


def test_hits_are_notes_of_a_drum_kit():
    (note,) = as_notes([Hit(0.25, "snare", 77)])
    assert (note.onset, note.pitch, note.velocity) == (0.25, KEYS["snare"], 77)
    assert note.offset > note.onset
