"""What each step that cleans a transcription did to it, told in sentences."""

from mathrock.transcription.basic_pitch import Activations
from mathrock.transcription.note_creation import create_notes

STEPS = {  # the knobs that leave it out
    "the note filter": {"note_filter": 0},
    "the pitch range": {"instrument": "any", "lowest_pitch": 21, "highest_pitch": 108},
}


def effects_of(heard: Activations, knobs: dict, judge, notes: list) -> list[str]:
    """A sentence for each step that is on: how many notes there are, and how many without it.

    Args:
        knobs, judge: what `create_notes` made the notes with.
    """
    told = []
    for step, without in STEPS.items():
        if knobs != (others := knobs | without):
            before = len(create_notes(heard, **others, judge=judge))
            told.append(f"{step} made {len(notes)} notes where there were {before}")
    return told
