"""Check the `effects` of config.yaml, before any job and without loading what plays them."""

from typing import Any

from mathrock.rendering.effects.chains import EffectError, check_chain


def check_effects(settings: dict[str, Any]) -> None:
    """Check the configuration's `effects`: each chain, and that those referred to exist.

    Raises:
        EffectError: the place, what is wrong and what is allowed.
    """
    chains, parts = settings["chains"], settings["parts"]
    for name, chain in chains.items():
        check_chain(chain, f"effects.chains.{name}")
    used = {f"parts.{part}": name for part, name in parts.items()}
    for place, name in {**used, "master": settings["master"]}.items():
        if name is not None and name not in chains:
            raise EffectError(
                f"effects.{place}: there is no chain {name!r}; there are {', '.join(chains)}"
            )
