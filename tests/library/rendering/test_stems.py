from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from mathrock.formats.midi.writer import write_score
from mathrock.music.score import Note, Part, Score, Tempo
from mathrock.rendering.part_rendering import part_of, render_stems, split_parts
from mathrock.rendering.stems import PARTS, mix, read_stems, write_stems
from mathrock.rendering.synthesis import SynthesisError, render

FONT = Path(__file__).resolve().parents[3] / "data/soundfont/rock_gm_fluidr3mono.sf3"
RATE = 44100


def band(velocity=100):
    def riff(start, keys):
        times = [(start + i * 0.25, key) for i, key in enumerate(keys)]
        return [Note(time, time + 0.2, key, velocity) for time, key in times]

    return Score(
        [
            Part("Guitar", riff(0.0, [64, 67, 71]), 27),
            Part("Second guitar", riff(0.1, [52, 55]), 30),
            Part("Bass", riff(0.0, [40, 43]), 33),
            Part("Drums", riff(0.0, [36, 38]), is_drum=True),
        ],
        (Tempo(0.0, 120.0), Tempo(0.4, 90.0)),
    )


@pytest.fixture(scope="module")
def midi_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("midi") / "a.mid"
    write_score(path, band())
    return path


@pytest.fixture(scope="module")
def stems(midi_path):
    return render_stems(midi_path, FONT)[0]


@pytest.mark.parametrize(
    ("channel", "program", "part"),
    [
        (0, 23, "other"),
        (0, 24, "guitar"),
        (5, 31, "guitar"),
        (0, 32, "bass"),
        (15, 39, "bass"),
        (0, 40, "other"),
        (9, 27, "drums"),
    ],
)
def test_families(channel, program, part):
    assert part_of(channel, program) == part


def onsets(midi):
    time = 0.0
    found = []
    for message in midi:
        time += message.time
        if message.type == "note_on" and message.velocity:
            found.append((round(time, 6), message.channel, message.note))
    return found


def test_split_keeps_every_note_once_at_its_time(midi_path):
    midi = mido.MidiFile(midi_path)
    parts = split_parts(midi)
    assert list(parts) == ["guitar", "bass", "drums"]
    assert sorted(onset for part in parts.values() for onset in onsets(part)) == sorted(
        onsets(midi)
    )
    assert {note for _, _, note in onsets(parts["bass"])} == {40, 43}
    assert len({round(part.length, 9) for part in parts.values()}) == 1


def test_split_follows_program_changes_and_keeps_control_messages():
    track = mido.MidiTrack()
    for program, key in ((27, 60), (0, 61), (33, 62)):
        track.append(mido.Message("program_change", program=program))
        track.append(mido.Message("control_change", control=7, value=key))
        track.append(mido.Message("note_on", note=key, time=10))
        track.append(mido.Message("note_on", note=key, velocity=0, time=10))
    parts = split_parts(mido.MidiFile(tracks=[track]))
    keys = {name: [key for _, _, key in onsets(part)] for name, part in parts.items()}
    assert keys == {"guitar": [60], "bass": [62], "other": [61]}
    for part in parts.values():
        assert [m.value for m in part.tracks[0] if m.type == "control_change"] == [60, 61, 62]


def test_split_of_nothing():
    assert split_parts(mido.MidiFile()) == {}


def test_stems_have_one_length_and_sum_to_the_song(midi_path, stems):
    assert list(stems) == ["guitar", "bass", "drums"]
    assert len({samples.shape for samples in stems.values()}) == 1
    assert all(np.abs(samples).max() > 0.01 for samples in stems.values())
    whole, _ = render(midi_path, FONT)
    total = mix(stems)
    shared = min(len(whole), len(total))
    assert np.abs(total[:shared] - whole[:shared]).max() < 0.02 * np.abs(whole).max()


def test_stems_are_the_same_every_time(midi_path, stems):
    again, skipped = render_stems(str(midi_path), FONT)
    assert skipped == []
    assert all(np.array_equal(stems[part], again[part]) for part in stems)


def test_missing_programs_are_reported_once(tmp_path):
    notes = [Note(0, 0.1, 60), Note(0.2, 0.3, 64)]
    write_score(tmp_path / "a.mid", Score([Part("", notes, 24), Part("", notes, 81)]))
    stems, skipped = render_stems(tmp_path / "a.mid", FONT)
    assert skipped == [(0, 24), (1, 81)]
    assert list(stems) == ["guitar", "other"]


def test_a_song_too_loud_for_the_file_is_turned_down_as_a_whole(tmp_path, monkeypatch):
    crowd = [Note(0, 0.3, key, 127) for key in range(40, 88)]
    score = Score([Part("", crowd, 27), Part("", crowd, 30), Part("", crowd, 33)])
    write_score(tmp_path / "a.mid", score)
    raw = render(tmp_path / "a.mid", FONT)[0]
    stems = render_stems(tmp_path / "a.mid", FONT)[0]
    assert np.abs(raw).max() > 1
    loudest = max(np.abs(samples).max() for samples in (*stems.values(), mix(stems)))
    assert loudest == pytest.approx(0.999, abs=1e-5)
    ratio = np.std(mix(stems)[:RATE]) / np.std(raw[:RATE])
    assert ratio == pytest.approx(0.999 / np.abs(raw).max(), rel=0.02)


def test_no_notes_make_no_stems(tmp_path):
    write_score(tmp_path / "a.mid", Score([]))
    stems, skipped = render_stems(tmp_path / "a.mid", FONT)
    assert (stems, skipped) == ({}, [])
    assert mix(stems).shape == (0, 2)


def test_errors_come_through(tmp_path):
    with pytest.raises(SynthesisError, match="is missing"):
        render_stems(tmp_path / "none.mid", FONT)


def test_file_round_trip_and_same_bytes_twice(tmp_path, stems):
    paths = [tmp_path / "a.flac", tmp_path / "b.flac"]
    for path in paths:
        write_stems(path, stems, RATE)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert sorted(tmp_path.iterdir()) == paths
    read, rate = read_stems(paths[0])
    assert rate == RATE
    assert list(read) == list(stems)
    for part in stems:
        assert read[part].dtype == np.float32
        assert np.abs(read[part] - stems[part]).max() <= 2**-23
    assert soundfile.info(paths[0]).channels == 2 * len(PARTS)


def test_file_of_several_blocks_and_of_none(tmp_path):
    rng = np.random.default_rng(0)
    noise = rng.uniform(-1, 1, (150_000, 2)).astype(np.float32)
    write_stems(tmp_path / "a.flac", {"other": noise}, RATE)
    read, _ = read_stems(tmp_path / "a.flac")
    assert list(read) == ["other"]
    assert np.abs(read["other"] - noise).max() <= 2**-22
    write_stems(tmp_path / "b.flac", {}, RATE)
    assert read_stems(tmp_path / "b.flac") == ({}, RATE)


def test_mix_pads_shorter_stems():
    a, b = np.ones((3, 2), np.float32), np.ones((5, 2), np.float32)
    assert mix({"guitar": a, "bass": b})[:, 0].tolist() == [2, 2, 2, 1, 1]
