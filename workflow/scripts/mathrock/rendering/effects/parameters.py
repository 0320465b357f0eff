"""Describe the parameters of Pedalboard's effects: names from signatures, ranges from a table.

Pedalboard checks no ranges: a filter at -10 Hz explodes, one above half the sample rate gives inf.
"""

import re
from typing import NamedTuple

import pedalboard

CONTAINERS = ("Mix", "Chain")  # hold chains instead of parameters
EFFECTS = tuple(
    sorted(
        name
        for name, value in vars(pedalboard).items()
        if isinstance(value, type)
        and issubclass(value, pedalboard.Plugin)
        and not name.startswith("_")
        and name not in ("Plugin", "PluginContainer", "Pedalboard", "ExternalPlugin", "IIRFilter")
        and name != "AudioUnitPlugin"  # exists on macOS only
    )
)
FILES = {"impulse_response_filename", "path_to_plugin_file"}  # required, must exist
NOT_OFFERED = {("Convolution", "sample_rate")}  # read from the impulse response's file
SIGNATURE = re.compile(r", (\w+): ((?:[\w.]|\[[^=]*\])+)( = )?")  # of the native constructors
OBJECTS = {"parameter_values"}  # the plugin knows what it takes


class Range(NamedTuple):
    """Inclusive limits of a number, and its unit, which may be empty."""

    low: float
    high: float
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g} {self.unit}".rstrip()


_FREQUENCY = Range(10, 20_000, "Hz")
_PART = Range(0, 1)
_MODULATION = Range(0.01, 50, "Hz")
RANGES = {  # by parameter, or by (effect, parameter) where an effect differs
    "attack_ms": Range(0.01, 2_000, "ms"),
    "bit_depth": Range(1, 32, "bits"),
    "ceiling_db": Range(-60, 0, "dB"),
    "centre_delay_ms": Range(1, 100, "ms"),
    "centre_frequency_hz": Range(20, 10_000, "Hz"),
    "cutoff_frequency_hz": _FREQUENCY,
    "cutoff_hz": _FREQUENCY,
    "damping": _PART,
    "delay_seconds": Range(0, 30, "s"),
    "depth": _PART,
    "drive": Range(1, 100),
    "drive_db": Range(-60, 60, "dB"),
    "dry_level": _PART,
    "feedback": Range(-0.95, 0.95),
    ("Delay", "feedback"): Range(0, 0.95),
    "freeze_mode": _PART,
    "gain_db": Range(-40, 40, "dB"),
    ("Gain", "gain_db"): Range(-100, 60, "dB"),
    "initialization_timeout": Range(1, 600, "s"),
    "lookahead_ms": Range(0.1, 100, "ms"),
    "mix": _PART,
    "q": Range(0.05, 50),
    "rate_hz": _MODULATION,
    "ratio": Range(1, 1_000),
    "release_ms": Range(1, 5_000, "ms"),
    "resonance": _PART,
    "room_size": _PART,
    "semitones": Range(-24, 24, "semitones"),
    "target_sample_rate": Range(1_000, 192_000, "Hz"),
    "threshold_db": Range(-100, 20, "dB"),
    ("Limiter", "threshold_db"): Range(-60, 0, "dB"),
    ("Clipping", "threshold_db"): Range(-60, 20, "dB"),
    "vbr_quality": Range(0, 9.9),
    "wet_level": _PART,
    "width": _PART,
}


class Parameter(NamedTuple):
    """A parameter: its name, the kind of its value, and whether it is required.

    `kind` is "number", "switch", "text", "file", "object" or an enumeration of Pedalboard's.
    """

    name: str
    kind: str | type
    required: bool = False


def parameters(effect: str) -> dict[str, Parameter]:
    """Read the parameters of an effect from its constructor's signature."""
    signature = (getattr(pedalboard, effect).__init__.__doc__ or "").splitlines()[0]
    found = {}
    for name, annotation, default in SIGNATURE.findall(signature):
        if (effect, name) not in NOT_OFFERED:
            kind = _kind(name, annotation)
            found[name] = Parameter(name, kind, required=not default)
    return found


def range_of(effect: str, parameter: str) -> Range:
    """Look up the limits of a numeric parameter."""
    return RANGES.get((effect, parameter)) or RANGES[parameter]


def members(enumeration: type) -> dict[str, object]:
    """List the names and values of one of Pedalboard's enumerations."""
    return dict(enumeration.__members__)


def _kind(name: str, annotation: str) -> str | type:
    """Tell a parameter's kind, see `Parameter`, from its annotation in the signature."""
    if name in FILES:
        return "file"
    if name in OBJECTS:
        return "object"
    if annotation.startswith("pedalboard_native."):
        value = pedalboard
        for attribute in annotation.split(".")[1:]:
            value = getattr(value, attribute)
        return value
    kinds = {"float": "number", "int": "number", "bool": "switch", "str": "text"}
    return kinds.get(annotation, "text")
