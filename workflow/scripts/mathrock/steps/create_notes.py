"""What was heard in a recording -> its MIDI."""

from functools import cache

from mathrock import activations, cleaning, notefilter
from mathrock.beats import read_beats
from mathrock.drumhits import read_hits
from mathrock.midifile import write_score
from mathrock.notecreation import create_notes
from mathrock.status import read_status, write_status
from mathrock.transcript import transcript

_load_filter = cache(notefilter.load)  # once for all songs of a process


def run(job, tell) -> None:
    """Do a job of the rule of this name; `job` is as Snakemake gives it to a script."""
    params, knobs = job.params, job.params.knobs
    status = read_status(job.input.status)
    heard = activations.load(job.input.activations)
    judge = _load_filter(params.note_filter)
    notes = create_notes(heard, **knobs, judge=judge)
    for effect in cleaning.effects_of(heard, knobs, judge, notes):
        tell(effect)
    hits, beats = read_hits(job.input.hits), read_beats(job.input.beats)
    score, facts = transcript(notes, hits, beats, params.least_confidence, params.quantise)
    status = status.with_facts(notes=len(notes), **facts)
    if status.ok and not notes:
        status = status.failed(
            "has no notes: nothing pitched was heard (see transcription in config)"
        )
        tell(str(status))
    write_score(job.output.midi, score)
    write_status(job.output.status, status)
