"""A tiny VAE, its songs and its sizes."""

import numpy as np

from splits import name_for

SECOND, THIRD = name_for("train", number=1), name_for("train", number=2)
SIZES = {"bars": 2, "seconds": 1, "segments": 4, "history": 0.25}
SMALL = {"latent": 5, "units": 6, "width": 4, "channels": 3}


def shaken(model, seed=1, scale=0.4):
    """Weights large enough that everything matters."""
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(0, scale, w.shape).astype("f4") for w in model.get_weights()])
    return model
