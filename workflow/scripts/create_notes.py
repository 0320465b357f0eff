"""Rule create_notes: what was heard in one recording becomes MIDI."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock import activations, notefilter
from mathrock.midifile import Part, Score, write_score
from mathrock.notecreation import create_notes
from mathrock.status import read_status, write_status

ELECTRIC_GUITAR = 27

status = read_status(snakemake.input.status)
heard = activations.load(snakemake.input.activations)
judge = notefilter.load(snakemake.input.note_filter)
notes = create_notes(heard, **snakemake.params.knobs, judge=judge)
if snakemake.params.knobs["note_filter"]:
    unfiltered = create_notes(heard, **snakemake.params.knobs | {"note_filter": 0})
    tell(f"the note filter made {len(notes)} notes where there were {len(unfiltered)}")
status = status.with_facts(notes=len(notes))
if status.ok and not notes:
    status = status.failed("has no notes: nothing pitched was heard (see transcription in config)")
    tell(str(status))
write_score(snakemake.output.midi, Score([Part("Transcription", notes, ELECTRIC_GUITAR)]))
write_status(snakemake.output.status, status)
