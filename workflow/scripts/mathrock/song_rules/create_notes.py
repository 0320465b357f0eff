"""Rule create_notes: make the MIDI file of a recording from its activations, beats and drums."""

from functools import cache

from mathrock.formats.midi.writer import write_score
from mathrock.music.beats import read_beats
from mathrock.music.drum_hits import read_hits
from mathrock.songs.status import read_status, write_status
from mathrock.transcription import basic_pitch, filter_effects, note_filter
from mathrock.transcription.note_creation import create_notes
from mathrock.transcription.score_assembly import assemble_score

_load_filter = cache(note_filter.load)  # once for all songs of a process


def run(job, log) -> None:
    """Run a job of the rule; `job` has the attributes of the `snakemake` object of scripts."""
    params, knobs = job.params, job.params.knobs
    status = read_status(job.input.status)
    activations = basic_pitch.load(job.input.activations)
    classifier = _load_filter(params.note_filter)
    notes = create_notes(activations, **knobs, classifier=classifier)
    for effect in filter_effects.describe_filter_effects(activations, knobs, classifier, notes):
        log(effect)
    hits, beats = read_hits(job.input.hits), read_beats(job.input.beats)
    score, facts = assemble_score(notes, hits, beats, params.least_confidence, params.quantise)
    status = status.with_facts(notes=len(notes), **facts)
    if status.ok and not notes:
        status = status.failed(
            "has no notes: nothing pitched was heard (see transcription in config)"
        )
        log(str(status))
    write_score(job.output.midi, score)
    write_status(job.output.status, status)
