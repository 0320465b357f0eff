"""Check effect chains from the configuration and apply them to audio with Pedalboard.

A chain is a list of effects in the order of the signal, each `{Effect: {parameter: value}}` or just
`Effect`. `{Chain: chain}` nests, `{Mix: [chain, ...]}` runs chains side by side and adds them up.
"""

import difflib
import math
from collections.abc import Iterable
from numbers import Real
from typing import Any

import numpy as np
import pedalboard

from mathrock.rendering.effects.parameters import (
    CONTAINERS,
    EFFECTS,
    Parameter,
    members,
    parameters,
    range_of,
)

TAIL_SECONDS = 6.0
TAIL_FLOOR = 10 ** (-70 / 20)  # of the peak: where the tail of reverbs and delays is cut
FADE_SECONDS = 0.03


class EffectError(ValueError):
    """An unusable chain; the message is one line with the place in the configuration."""


def check_chain(chain: Any, where: str) -> None:
    """Check a chain from the configuration without loading plugins or reading sound.

    Args:
        chain: what the YAML holds.
        where: its place there, for messages, such as `effects.chains.clean`.

    Raises:
        EffectError: the place, what is wrong and what is allowed.
    """
    if not isinstance(chain, list):
        raise EffectError(f"{where}: expected a list of effects, found {_shown(chain)}")
    for index, item in enumerate(chain):
        place = f"{where}[{index}]"
        effect, settings = _named(item, place)
        place = f"{place} {effect}"
        if effect == "Mix":
            _check_mix(settings, place)
        elif effect == "Chain":
            check_chain(settings, place)
        else:
            _check_settings(effect, settings, place)


def build(chain: list, where: str = "chain") -> pedalboard.Pedalboard:
    """Build a chain's effects after checking it, loading plugins and impulse responses.

    Raises:
        EffectError: as `check_chain`, or a file that Pedalboard cannot load.
    """
    check_chain(chain, where)
    return pedalboard.Pedalboard(_effects(chain, where))


def apply_chain(
    samples: np.ndarray,
    sample_rate: int,
    chain: list,
    tail_seconds: float = TAIL_SECONDS,
    where: str = "chain",
) -> np.ndarray:
    """Process samples by a chain and keep the tail that rings on after them.

    Args:
        samples: (n, 2) float32, full scale 1.0.
        sample_rate: in Hz.
        chain: see the module.
        tail_seconds: the longest tail kept; it ends at 70 dB below the peak, with a 30 ms fade.
        where: the chain's place in the configuration, for messages.

    Returns:
        (m, 2) float32 with m >= n; it may exceed full scale.

    Raises:
        EffectError: the chain is wrong or gives infinite or undefined samples.
    """
    board = build(chain, where)
    if not len(samples):
        return samples
    padded = np.zeros((samples.shape[1], len(samples) + round(tail_seconds * sample_rate)), "f4")
    padded[:, : len(samples)] = samples.T
    output = board(padded, sample_rate)
    peak = max(output.max(), -output.min())
    if not math.isfinite(peak):  # NaN passes through max and min
        raise EffectError(
            f"{where}: the chain explodes (infinite samples): lower its gains, feedback and q"
        )
    return _trimmed(output.T, len(samples), peak * TAIL_FLOOR, round(FADE_SECONDS * sample_rate))


def _trimmed(samples: np.ndarray, shortest: int, floor: float, fade: int) -> np.ndarray:
    """Cut the tail where it falls below `floor`, not before `shortest` samples, and fade it out."""
    audible = np.flatnonzero(np.abs(samples[shortest:]).max(axis=1, initial=0) > floor)
    ring = min(audible[-1] + 1 + fade, len(samples) - shortest) if len(audible) else 0
    result = np.ascontiguousarray(samples[: shortest + ring])
    if ring:
        fade = min(fade, ring)
        result[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    return result


def _named(item: Any, place: str) -> tuple[str, Any]:
    """Split an entry of a chain into the effect's name and its settings."""
    if isinstance(item, str):
        item = {item: None}
    if not isinstance(item, dict) or len(item) != 1:
        raise EffectError(
            f"{place}: expected one effect as `Effect: {{parameter: value}}`, found {_shown(item)}"
        )
    effect, settings = next(iter(item.items()))
    if effect not in EFFECTS:
        raise EffectError(f"{place} {effect}: unknown effect{_choice(effect, EFFECTS)}")
    return effect, settings


def _check_mix(chains: Any, place: str) -> None:
    """Check the parallel chains of a `Mix`."""
    if not isinstance(chains, list) or not chains:
        raise EffectError(f"{place}: expected a list of chains, found {_shown(chains)}")
    for index, chain in enumerate(chains):
        check_chain(chain, f"{place}[{index}]")


def _check_settings(effect: str, settings: Any, place: str) -> None:
    """Check the names and values of an effect's parameters."""
    settings = {} if settings is None else settings
    if not isinstance(settings, dict):
        raise EffectError(f"{place}: expected {{parameter: value}}, found {_shown(settings)}")
    known = parameters(effect)
    for name, value in settings.items():
        if name not in known:
            raise EffectError(f"{place}: unknown parameter {name}{_choice(name, known)}")
        problem = _problem(effect, known[name], value)
        if problem:
            raise EffectError(f"{place}.{name}: {problem}")
    for name, parameter in known.items():
        if parameter.required and name not in settings:
            raise EffectError(f"{place}: {name} is missing")


def _problem(effect: str, parameter: Parameter, value: Any) -> str | None:
    """Describe what is wrong with a parameter's value; None where nothing is."""
    kind = parameter.kind
    if kind == "number":
        limits = range_of(effect, parameter.name)
        if isinstance(value, bool) or not isinstance(value, Real):
            return f"expected a number, {limits}, found {_shown(value)}"
        if not limits.low <= value <= limits.high:  # nor is NaN inside
            return f"{value} is out of range, allowed are {limits}"
    elif kind == "switch" and not isinstance(value, bool):
        return f"expected true or false, found {_shown(value)}"
    elif kind in ("text", "file") and not (isinstance(value, str) and value):
        return f"expected text, found {_shown(value)}"
    elif kind == "object" and not isinstance(value, dict):
        return f"expected {{parameter: value}}, found {_shown(value)}"
    elif isinstance(kind, type) and (not isinstance(value, str) or value not in members(kind)):
        return f"{_shown(value)} is unknown{_choice(value, members(kind))}"
    return None


def _effects(chain: list, where: str) -> list[pedalboard.Plugin]:
    """Make the effects of a checked chain."""
    made = []
    for index, item in enumerate(chain):
        place = f"{where}[{index}]"
        effect, settings = _named(item, place)
        place = f"{place} {effect}"
        if effect in CONTAINERS:
            made.append(_container(effect, settings, place))
            continue
        kinds = {name: parameter.kind for name, parameter in parameters(effect).items()}
        values = {
            name: members(kinds[name])[value] if isinstance(kinds[name], type) else value
            for name, value in (settings or {}).items()
        }
        try:
            if effect == "Convolution":  # which is silent about a file without sound
                pedalboard.io.AudioFile(values["impulse_response_filename"]).close()
            made.append(getattr(pedalboard, effect)(**values))
        except (ImportError, OSError, RuntimeError, TypeError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise EffectError(f"{place}: Pedalboard can't load it: {reason}") from error
    return made


def _container(effect: str, settings: list, place: str) -> pedalboard.Plugin:
    """Make a container: chains in series (`Chain`) or in parallel (`Mix`)."""
    if effect == "Chain":
        return pedalboard.Chain(_effects(settings, place))
    chains = [_effects(chain, f"{place}[{index}]") for index, chain in enumerate(settings)]
    return pedalboard.Mix([pedalboard.Chain(effects) for effects in chains])


def _choice(given: Any, allowed: Iterable[str]) -> str:
    """Suggest a name for a wrong one: the closest, and all that are allowed."""
    by_lower = {name.lower(): name for name in allowed}
    close = difflib.get_close_matches(str(given).lower(), by_lower, 1)
    hint = f", did you mean {by_lower[close[0]]}?" if close else ";"
    return f"{hint} allowed: {', '.join(by_lower.values()) or 'none'}"


def _shown(value: Any) -> str:
    """Show a value in YAML's terms, short enough for one line."""
    text = "nothing" if value is None else " ".join(repr(value).split())
    return text if len(text) <= 60 else text[:57] + "..."
