"""Mix stems down to a finished song: effects of each part, mix, effects of the mix, mastering."""

import numpy as np

from mathrock.rendering.effects.chains import apply_chain
from mathrock.rendering.mastering import loudness, master, match_loudness
from mathrock.rendering.stems import mix

EFFECTS_KEY = "effects"
STEM_LUFS = -20.0  # the loudness at which stems enter their chains


def mix_down(
    stems: dict[str, np.ndarray],
    sample_rate: int,
    chains: dict[str, list],
    parts: dict[str, str | None],
    master_chain: str | None,
    lufs: float = -14.0,
    true_peak_db: float = -1.0,
) -> np.ndarray:
    """Apply each stem's effect chain, mix the stems, apply the master chain, and master the mix.

    Stems enter their chains at one loudness, so that thresholds and drives mean the same in every
    song, and have their own again afterwards, so that effects do not change the balance.

    Args:
        stems: part -> (n, 2) float32; emptied on the way to free memory.
        sample_rate: in Hz.
        chains: chain name -> chain, as `config.effects.check_effects` accepts them.
        parts: part -> the name of its chain; none, or None, leaves the stem dry.
        master_chain: the name of the chain for the mix, or None.
        lufs: integrated loudness of the result.
        true_peak_db: ceiling of the result in dBTP.

    Returns:
        (m, 2) float32; empty where there are no stems, silent where all are.

    Raises:
        EffectError: a chain cannot be played.
    """
    processed = {}
    for part in list(stems):
        dry = stems.pop(part)
        name = parts.get(part)
        if name is not None:
            own = loudness(dry, sample_rate)
            wet = match_loudness(dry, sample_rate, STEM_LUFS)
            wet = _apply_named_chain(wet, sample_rate, chains, name)
            dry = match_loudness(wet, sample_rate, own)
        processed[part] = dry
    song = mix(processed)
    processed.clear()
    if master_chain is not None:
        song = match_loudness(song, sample_rate, lufs)
        song = _apply_named_chain(song, sample_rate, chains, master_chain)
    return master(song, sample_rate, lufs, true_peak_db)


def _apply_named_chain(
    samples: np.ndarray, sample_rate: int, chains: dict, name: str
) -> np.ndarray:
    """Apply the chain of this name; error messages name its place in the configuration."""
    return apply_chain(samples, sample_rate, chains[name], where=f"{EFFECTS_KEY}.chains.{name}")
