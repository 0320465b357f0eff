from pathlib import Path

import numpy as np
import pytest
import yaml
from mir_eval.transcription import precision_recall_f1_overlap

from mathrock.music.score import Note
from mathrock.transcription import basic_pitch
from mathrock.transcription.basic_pitch import (
    HOP,
    LOWEST_PITCH,
    PITCHES,
    SAMPLE_RATE,
    SCALE,
    Activations,
)
from mathrock.transcription.note_creation import INSTRUMENTS, create_notes, frame_times

THRESHOLDS = [(0.6, 0.4, 58), (0.5, 0.3, 127.7), (0.3, 0.2, 30), (0.9, 0.6, 58), (0.2, 0.1, 0)]

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def theirs(without_tensorflow):
    """Basic Pitch's own notes."""
    from basic_pitch.note_creation import model_output_to_notes

    def create(heard, onset, frame, milliseconds, melodia, **limits):
        _, notes = model_output_to_notes(
            {name: plane / np.float32(SCALE) for name, plane in heard._asdict().items()},
            onset_thresh=onset,
            frame_thresh=frame,
            min_note_len=round(milliseconds / 1000 * SAMPLE_RATE / HOP),
            melodia_trick=melodia,
            include_pitch_bends=False,
            **limits,
        )
        return [Note(*map(float, note[:2]), int(note[2]), round(127 * note[3])) for note in notes]

    return create


def smooth_noise(frames, seed, sharpness=3.0):
    """Probabilities that rise and fall like notes: noise, smoothed in time."""
    from scipy.ndimage import gaussian_filter1d

    rng = np.random.default_rng(seed)
    planes = []
    for width, smoothness in ((PITCHES, 1.5), (PITCHES, 5), (3 * PITCHES, 5)):
        noise = gaussian_filter1d(rng.normal(size=(frames, width)), smoothness, axis=0)
        noise = sharpness * noise / max(noise.std(), 1e-9) - 2
        planes.append(np.rint(SCALE / (1 + np.exp(-noise))).astype(np.uint16))
    return Activations(*planes)


def agreement(notes, others):
    """Onset-offset F1 within 10 ms: below a frame."""
    sides = []
    for side in (notes, others):
        sides.append(np.array([note[:2] for note in side]))
        sides.append(440 * 2 ** ((np.array([note.pitch for note in side]) - 69) / 12))
    return precision_recall_f1_overlap(
        *sides, onset_tolerance=0.01, offset_ratio=None, offset_min_tolerance=0.01
    )[2]


def assert_same(notes, others):
    assert others, "nothing to compare"
    assert len(notes) == pytest.approx(len(others), rel=0.01)
    ends = [
        [(note.offset, note.offset + 1, note.pitch) for note in side] for side in (notes, others)
    ]
    assert agreement(notes, others) >= 0.99
    assert agreement(*([Note(*end) for end in side] for side in ends)) >= 0.99


@pytest.mark.parametrize("melodia", [False, True])
@pytest.mark.parametrize("thresholds", THRESHOLDS)
def test_a_song_gives_basic_pitchs_own_notes(theirs, heard, thresholds, melodia):
    assert_same(create_notes(heard, *thresholds, melodia), theirs(heard, *thresholds, melodia))


@pytest.mark.parametrize("melodia", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_noise_gives_basic_pitchs_own_notes(theirs, seed, melodia):
    noise = smooth_noise(300, seed)
    thresholds = THRESHOLDS[seed]
    assert_same(create_notes(noise, *thresholds, melodia), theirs(noise, *thresholds, melodia))


def test_velocities_are_basic_pitchs_too(theirs, heard):
    notes, others = create_notes(heard), sorted(theirs(heard, 0.6, 0.4, 58, False))
    assert [n.velocity for n in notes] == pytest.approx([n.velocity for n in others], abs=1)


def test_the_schema_knows_the_instruments():
    schema = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
    knobs = schema["properties"]["transcription"]["properties"]
    assert knobs["instrument"]["enum"] == list(INSTRUMENTS)


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_an_instrument_keeps_to_its_pitches(heard, instrument):
    lowest, highest = INSTRUMENTS[instrument]
    notes = create_notes(heard, instrument=instrument)
    assert all(lowest <= note.pitch <= highest for note in notes)
    narrowed = create_notes(heard, instrument=instrument, lowest_pitch=60)
    assert all(max(60, lowest) <= note.pitch <= highest for note in narrowed)


def test_a_pitch_range_gives_basic_pitchs_own_notes(theirs, heard):
    hertz = lambda pitch: 440 * 2 ** ((pitch - 69) / 12)  # noqa: E731
    limits = {"min_freq": hertz(50), "max_freq": hertz(71)}  # theirs leaves out the highest
    notes = create_notes(heard, lowest_pitch=50, highest_pitch=70)
    assert_same(notes, theirs(heard, 0.6, 0.4, 58, False, **limits))
    assert {note.pitch for note in notes} <= set(range(50, 71))


def test_frame_times_are_basic_pitchs_own(without_tensorflow):
    from basic_pitch.note_creation import model_frames_to_time

    assert np.allclose(frame_times(2000), model_frames_to_time(2000), atol=1e-9)


def with_note(*spans, frames=120, level=0.8):
    """Activations in which the pitch 60 sounds in these spans of frames, each with an onset."""
    heard = basic_pitch.empty(frames)
    for start, end in spans:
        heard.onset[start, 60 - LOWEST_PITCH] = level * SCALE
        heard.note[start:end, 60 - LOWEST_PITCH] = level * SCALE
    return heard


def test_an_onset_and_what_follows_is_a_note():
    (note,) = create_notes(with_note((20, 50)))
    assert (note.pitch, note.velocity) == (60, round(127 * 0.8))
    assert note[:2] == pytest.approx((20 * HOP / SAMPLE_RATE, 50 * HOP / SAMPLE_RATE), abs=0.012)


def test_repeated_notes_stay_apart():
    assert len(create_notes(with_note((20, 50), (50, 80)))) == 2


def test_short_notes_are_dropped():
    assert create_notes(with_note((20, 24)), minimum_note_ms=100) == []
    assert len(create_notes(with_note((20, 40)), minimum_note_ms=100)) == 1


def test_quiet_onsets_are_no_notes():
    assert create_notes(with_note((20, 50), level=0.5)) == []


def test_no_note_lies_outside_the_recording():
    (note,) = create_notes(with_note((100, 120)))
    assert note.offset <= 120 * HOP / SAMPLE_RATE


@pytest.mark.parametrize("melodia", [False, True])
@pytest.mark.parametrize("frames", [0, 1, 2, 3, 50])
def test_silence_of_any_length_has_no_notes(frames, melodia):
    assert create_notes(basic_pitch.empty(frames), melodia=melodia) == []


def test_an_empty_pitch_range_has_no_notes(heard):
    assert create_notes(heard, lowest_pitch=110, highest_pitch=127) == []


def test_notes_are_in_order(heard):
    notes = create_notes(heard, melodia=True)
    assert notes == sorted(notes)
