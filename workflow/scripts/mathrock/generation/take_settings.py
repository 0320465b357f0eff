"""The settings of one take: what `generate` in config.yaml says of it, typed.

The schema of config.yaml has the defaults, the ranges and the meaning of each value; this module
repeats none of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True, kw_only=True)
class TakeSettings:
    """The settings of a take, in the order of config.yaml.

    A field with the default None belongs to some models only and is None for a model that ignores
    it, so that a change of it makes nothing stale that it does not concern: `path`, `distance`,
    `to` and `points` are the VAE's, `guidance` is that of the other models.

    start, snippet_seconds, seconds, longest_silence, longest_note: in seconds.
    lowest_pitch, highest_pitch: MIDI pitches, both included.
    pitch_classes: that may be struck, 0-11 from C; empty: all.
    tonic: a note's name; None: the take stays in its song's key.
    density: notes a second as a multiple of the song's; 0: not controlled.
    blend: genres by weight. attributes: standard deviations above the mean, by name.
    """

    song: str
    start: float
    snippet_seconds: float
    variations: int
    keep_snippet: bool
    seconds: float
    temperature: float
    top_p: float
    max_polyphony: int
    lowest_pitch: int
    highest_pitch: int
    pitch_classes: tuple[int, ...]
    in_key: bool
    tonic: str | None
    path: str | None = None
    distance: float | None = None
    to: str | None = None
    points: int | None = None
    longest_silence: float
    longest_note: float
    density: float
    blend: Mapping[str, float]
    attributes: Mapping[str, float]
    guidance: float | None = None
    seed: int

    @classmethod
    def from_params(cls, params: Mapping) -> "TakeSettings":
        """Make the settings of a rule's plain params, see `to_params`."""
        return cls(**{**params, "pitch_classes": tuple(params["pitch_classes"])})

    def to_params(self) -> dict:
        """Return plain values for a rule's params and for JSON, without what a model ignores."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        ignored = [f.name for f in fields(self) if f.default is None and values[f.name] is None]
        values |= {"pitch_classes": list(self.pitch_classes)}
        return {name: value for name, value in values.items() if name not in ignored}
