import json
import subprocess
import sys
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from clips import Clip, clip_of
from mathrock.audio.mel_spectrogram import BANDS, FRAMES_PER_SECOND
from mathrock.demo.metre_songs import make
from mathrock.formats.midi.writer import write_score
from mathrock.music.score import Note, Part, Score
from mathrock.transcription import rhythm_network
from mathrock.transcription.rhythm_network import OUTPUTS
from recordings import is_held_back
from train_rhythm import changed, composed, keeps_to_beats, songs

SCRIPT = Path(__file__).resolve().parents[2] / "tools/train_rhythm.py"


def adrift(seed=0):
    """Notes that keep to no beat."""
    onsets = np.sort(np.random.default_rng(seed).uniform(0, 60, 200))
    return Score([Part("", [Note(at, at + 0.1, 60) for at in onsets.tolist()])])


@pytest.fixture
def folder(tmp_path):
    """Short songs of both halves, and one that keeps to no beat."""
    for seed in range(4):
        write_score(tmp_path / f"{seed}.mid", make("4/4", seed=seed, seconds=3))
    for seed in range(4):
        write_score(tmp_path / f"adrift-{seed}.mid", adrift(seed))
    return tmp_path


def test_neither_held_back_songs_nor_those_without_beats_are_trained_on(folder, capsys):
    taken = songs(folder)
    even = [path for path in sorted(folder.iterdir()) if not is_held_back(path)]
    assert taken == [path for path in even if "adrift" not in path.name]
    assert 0 < len(taken) < 4
    assert capsys.readouterr().err.count("keeps to no beat") == len(even) - len(taken) > 0


def test_songs_keep_to_their_beats_whatever_the_tempo_does():
    assert keeps_to_beats(make("7/8", bars=8, rubato=0.08, silence=1.0))
    assert not keeps_to_beats(adrift())
    triplets = [Note(i / 6, i / 6 + 0.1, 60) for i in range(50)]
    assert keeps_to_beats(Score([Part("", triplets)]))


@pytest.mark.parametrize("seed", range(6))
def test_composed_and_changed_songs_hold_notes(seed):
    rng = np.random.default_rng(seed)
    song = composed(rng, seed)
    assert max(note.onset for note in song.pitched_notes) > 40
    assert song.drum_hits
    assert changed(song, rng).pitched_notes


def clip(seconds=4.0):
    return clip_of(make("4/4", bars=4), np.random.default_rng(0), seconds)


def test_targets_are_near_the_events():
    from rhythm_training import targets

    events = {name: np.array([]) for name in OUTPUTS} | {"kick": np.array([0.0, 1.0])}
    right = targets(events, 100)
    frame = round(FRAMES_PER_SECOND)
    assert right.shape == (100, 6)
    assert right[frame - 3 : frame + 4, 3] == pytest.approx([0, 0.2, 0.6, 1, 0.6, 0.2, 0])
    assert right[:3, 3] == pytest.approx([1, 0.6, 0.2])
    assert not right[:, [0, 1, 2, 4, 5]].any()
    assert targets(events, 120, longer=1.1)[round(1.1 * frame), 3] == 1


def test_crops_are_padded_and_keep_events_beside_their_sound():
    from rhythm_training import CROP, crop

    levels = np.full((500, BANDS), 50, np.uint8)
    levels[250] = 200
    events = {name: np.array([250 / FRAMES_PER_SECOND]) for name in OUTPUTS}
    for seed in range(5):
        seen, right, real = crop(Clip(levels, events), np.random.default_rng(seed))
        assert seen.shape == (CROP, BANDS)
        assert right.shape == (CROP, len(OUTPUTS))
        assert 0.88 * 500 - 1 <= real.sum() <= 1.14 * 500
        loudest = seen.mean(axis=1).argmax()
        assert abs(int(right[:, 0].argmax()) - int(loudest)) <= 1
        assert real[loudest] == 1


def test_a_small_network_is_trained_saved_and_read_back(tmp_path):
    import rhythm_training as network

    learnt = clip()
    untrained = network.listener_of(network.build(channels=8, blocks=2))
    seconds = count()  # a step each
    model = network.train([learnt], 2.0, channels=8, blocks=2, clock=lambda: next(seconds))
    rhythm_network.save(tmp_path / "rhythm.npz", network.listener_of(model))
    listener = rhythm_network.load(tmp_path / "rhythm.npz")
    odds = model.predict_on_batch(rhythm_network.normalise_levels(learnt.levels)[None])[0]
    assert np.abs(listener.predict(learnt.levels) - odds).max() < 1e-4
    before, after = (network.validate(one, [learnt]) for one in (untrained, listener))
    assert tuple(after) == OUTPUTS
    assert sum(after.values()) < sum(before.values())


def test_the_command_trains_on_what_is_not_held_back(folder, tmp_path):
    arguments = [folder, tmp_path / "r.npz", "--minutes", "0.01", "--clips", "4", "--json"]
    command = [sys.executable, SCRIPT, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["songs"] == len(songs(folder))
    assert (facts["trained_on"], facts["validated_on"]) == (2, 2)
    assert tuple(facts["nats"]) == OUTPUTS
    listener = rhythm_network.load(tmp_path / "r.npz")
    assert listener.predict(np.zeros((10, BANDS), np.uint8)).shape == (10, len(OUTPUTS))


def test_a_folder_with_nothing_to_train_on_is_refused(tmp_path):
    write_score(tmp_path / "adrift.mid", adrift())
    command = [sys.executable, SCRIPT, tmp_path, tmp_path / "r.npz"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "holds no MIDI file to train on" in done.stderr
