"""Load the models that trainings wrote."""

from pathlib import Path

import keras

from mathrock.files.arrays import check_zip
from mathrock.files.damage import reading


def load_model(path: str | Path) -> keras.Model:
    """Load a trained model, to compute with; DamagedFile where its file is not whole."""
    check_zip(path)
    with reading(path):
        return keras.saving.load_model(path, compile=False)
