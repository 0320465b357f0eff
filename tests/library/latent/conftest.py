"""A VAE's space over four short songs."""

import pytest

from mathrock.dataset.sequences import Sequences
from mathrock.latent.summary import summarize
from mathrock.latent.task import task_for
from mathrock.latent.windows import Windows
from mathrock.models import vae
from mathrock.training.music_statistics import describe
from small_vae import SECOND, SIZES, SMALL, THIRD, shaken
from splits import TRAIN, VALID


@pytest.fixture(scope="module")
def packed(tmp_path_factory, riff):
    from mathrock.pianoroll import encoding
    from packing import pack

    folder = tmp_path_factory.mktemp("packed")
    songs = {TRAIN: (riff(160), "math_rock"), SECOND: (riff(60, [50, 55]), "surf")}
    songs |= {THIRD: (riff(100, [70]), "none"), VALID: (riff(90, [62, 69]), "surf")}
    rolls = {}
    for song, (roll, genre) in songs.items():
        encoding.save(folder / f"{song}.npy", roll)
        rolls[song] = folder / f"{song}.npy", genre
    pack(rolls, folder, 16, window_seconds=1, hop_seconds=1, least_seconds=1)
    return Sequences(folder)


@pytest.fixture(scope="module")
def meter(packed):
    lessons, sizes = task_for(packed, SIZES | SMALL)
    model = shaken(vae.build_model(describe(packed), **sizes), scale=0.3)
    return lessons._meter_of(model, 3)


@pytest.fixture(scope="module")
def latents(meter, packed):
    return summarize(meter, packed, Windows(packed, 2, 1))
