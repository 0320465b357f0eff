"""Check the `effects` of config.yaml, and pick the effects of a track."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from mathrock.config.errors import SettingsError, one_of
from mathrock.files.limits import MAX_EFFECTS


def check_effects(effects: Mapping[str, Any]) -> None:
    """Check each chain, and that the chains of the parts and of the master exist.

    The names of effects and their parameters are Pedalboard's, which is imported only here: the
    other functions of this module do without it.

    Raises:
        SettingsError: a chain is wrong or missing.
    """
    from mathrock.rendering.effects.chains import EffectError, check_chain

    chains, parts = effects["chains"], effects["parts"]
    try:
        for name, chain in chains.items():
            check_chain(chain, f"effects.chains.{name}")
            if (count := _count(chain)) > MAX_EFFECTS:
                raise EffectError(
                    f"effects.chains.{name}: has {count:,} effects, more than {MAX_EFFECTS}"
                )
    except EffectError as error:
        raise SettingsError(error) from None
    used = {f"parts.{part}": name for part, name in parts.items()}
    for place, name in {**used, "master": effects["master"]}.items():
        if name is not None and name not in chains:
            raise SettingsError(
                f"effects.{place}: there is no chain {name!r}; there are {', '.join(chains)}"
            )


def effects_of(settings: dict, own: Mapping = MappingProxyType({}), place: str = "") -> dict:
    """Pick the effects of a track that sends the parts in `own` through other chains.

    Only the chains that the track's parts and the master use are kept: a change of any other chain
    does not concern the track.

    Raises:
        SettingsError: a chain of `own`, which stands at `place`, does not exist.
    """
    effects = {**settings["effects"], "parts": {**settings["effects"]["parts"], **own}}
    for part, chain in own.items():
        if chain is not None:
            one_of(chain, effects["chains"], f"{place}.{part}", "chain")
    used = {*effects["parts"].values(), effects["master"]}
    effects["chains"] = {name: chain for name, chain in effects["chains"].items() if name in used}
    return effects


def _count(chain: object) -> int:
    """Count the effects of a checked chain, with those of chains in it."""
    if isinstance(chain, list):
        return sum(map(_count, chain))
    (inside,) = chain.values() if isinstance(chain, dict) else [None]
    return 1 + (_count(inside) if isinstance(inside, list) else 0)
