"""The settings of a take as tests need them: plain ones, changed by name."""

from mathrock.generation.sampling import Sampling
from mathrock.generation.take_settings import TakeSettings

PLAIN = {"song": "any", "start": 0, "snippet_seconds": 1, "variations": 1, "keep_snippet": False}
PLAIN |= {"seconds": 2, "temperature": 1, "top_p": 1, "max_polyphony": 8, "lowest_pitch": 28}
PLAIN |= {"highest_pitch": 96, "pitch_classes": [], "in_key": False, "tonic": None}
PLAIN |= {"path": "vary", "distance": 0.3, "to": "any", "points": 0, "longest_silence": 0.75}
PLAIN |= {"longest_note": 3, "density": 1, "blend": {}, "attributes": {}, "guidance": 2, "seed": 1}
PLAIN_SAMPLING = Sampling(
    temperature=1.0,
    top_p=1.0,
    max_polyphony=8,
    lowest_pitch=21,
    highest_pitch=108,
    pitch_classes=(),
    longest_silence=0.75,
    longest_note=3.0,
    notes_per_second=0.0,
)


def take_settings(**changes):
    return TakeSettings.from_params({**PLAIN, **changes})
