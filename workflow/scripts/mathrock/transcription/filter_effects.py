"""Describe the effect of each note filter on a transcription, for the log."""

from mathrock.transcription.basic_pitch import Activations
from mathrock.transcription.note_creation import create_notes

FILTERS = {  # the settings that turn each filter off
    "the note filter": {"note_filter": 0},
    "the pitch range": {"instrument": "any", "lowest_pitch": 21, "highest_pitch": 108},
}


def describe_filter_effects(
    activations: Activations, knobs: dict, classifier, notes: list
) -> list[str]:
    """Make a sentence for each active filter: the number of notes with and without it.

    Args:
        activations, knobs, classifier: the arguments with which `create_notes` made the notes.
        notes: the notes that `create_notes` made.
    """
    sentences = []
    for step, without in FILTERS.items():
        if knobs != (others := knobs | without):
            before = len(create_notes(activations, **others, classifier=classifier))
            sentences.append(f"{step} made {len(notes)} notes where there were {before}")
    return sentences
