"""The models that there are, as data: what the workflow, the settings and the page know of each.

This module imports no model and no Keras, because each start of Snakemake reads it. What trains or
generates must not import it: another row would make all models stale.
"""

from typing import NamedTuple

_OF_PATHS = ("path", "distance", "to", "points")  # settings of takes that are paths through a space


class Model(NamedTuple):
    """A kind of model: `models/{name}.py`, with the rules in `workflow/rules/{name}.smk`.

    title: what the docs call the model.
    ignores: the settings of a take (keys of `generate`) that change nothing in this model's takes;
        in `TakeSettings` their default is None.
    is_stepwise: the model goes through songs step by step; otherwise its training brings a task of
        its own.
    has_latents: the training also writes `latents.npz`: windows of songs as points in a space. The
        rule `examine_vae` measures the space; the page shows that of one model.
    """

    title: str
    ignores: tuple[str, ...] = ()
    is_stepwise: bool = True
    has_latents: bool = False


CATALOGUE = {
    "lstm": Model("LSTM", ignores=_OF_PATHS),
    "chords": Model("chords", ignores=_OF_PATHS),
    "vae": Model("VAE", ignores=("guidance",), is_stepwise=False, has_latents=True),
}
