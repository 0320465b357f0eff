"""Rule create_notes: what was heard in one recording becomes MIDI."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock import activations, cleaning, notefilter
from mathrock.beats import read_beats
from mathrock.drumhits import read_hits
from mathrock.midifile import write_score
from mathrock.notecreation import create_notes
from mathrock.status import read_status, write_status
from mathrock.transcript import transcript

params, knobs = snakemake.params, snakemake.params.knobs
status = read_status(snakemake.input.status)
heard = activations.load(snakemake.input.activations)
judge = notefilter.load(params.note_filter)
notes = create_notes(heard, **knobs, judge=judge)
for effect in cleaning.effects_of(heard, knobs, judge, notes):
    tell(effect)
hits, beats = read_hits(snakemake.input.hits), read_beats(snakemake.input.beats)
score, facts = transcript(notes, hits, beats, params.least_confidence, params.quantise)
status = status.with_facts(notes=len(notes), **facts)
if status.ok and not notes:
    status = status.failed("has no notes: nothing pitched was heard (see transcription in config)")
    tell(str(status))
write_score(snakemake.output.midi, score)
write_status(snakemake.output.status, status)
