import numpy as np
import pytest

from mathrock.latent import quality
from mathrock.latent.quality import reconstruction, seams, smoothness, struck
from mathrock.latent.summary import write_latents


def test_what_sounds_as_a_window_begins_is_an_onset():
    rolls = np.zeros((1, 4, 128, 2), bool)
    rolls[0, :, 60, 0] = True
    rolls[0, 2, 60, 1] = True
    assert np.flatnonzero(struck(rolls)[0, :, 60]).tolist() == [0, 2]


def test_a_perfect_decoder_brings_all_back(meter, packed, monkeypatch):
    """Where what is drawn is the truth, all is right; where a note is missing, not."""
    drawn = []

    def draw(meter, z, luck, temperature, places, lengths=None):
        return drawn.pop(0)

    def crops():
        for inputs, _, songs in meter.crops("train", alone=1.0, most=512):
            rolls = inputs["steps"][: len(songs), -inputs["inside"].shape[1] :] > 0
            rolls[:, 0, :, 1] = rolls[:, 0, :, 0]
            yield rolls

    monkeypatch.setattr(quality, "draw", draw)
    drawn += list(crops())
    found = reconstruction(meter, "train")
    assert (found["sampled"], found["onset_f1"]) == (1, 1)
    drawn += [np.zeros_like(roll) for roll in crops()]
    found = reconstruction(meter, "train")
    assert found["onset_f1"] == 0
    assert 0 <= found["teacher_forced"] < 1


def test_all_measures_are_shares(meter):
    found = reconstruction(meter, "valid", most=5)
    assert np.isfinite(found.pop("worth_of_z"))
    assert all(0 <= value <= 1 for value in found.values())
    ways = smoothness(meter, "train")
    assert all(0 <= way["mean"] <= way["largest"] <= 1 for way in ways.values())
    steps = quality.POINTS - 1
    assert ways["cut"]["mean"] == pytest.approx(ways["cut"]["largest"] / steps)
    ends = seams(meter, "train")
    assert all(0 <= value <= 1 for value in ends.values())


def test_a_way_needs_two_songs(meter, packed):
    assert len({span.song for span in packed.split("valid")}) == 1
    assert smoothness(meter, "valid") is None


def test_an_examination_is_the_same_twice(meter, latents, packed, tmp_path):
    write_latents(tmp_path / "latents.npz", latents)
    one, other = (
        quality.examine(meter.model, tmp_path / "latents.npz", packed._folder) for _ in range(2)
    )
    assert one == other
    assert one["on"] == "valid"
    assert one["interpolation"] is None
