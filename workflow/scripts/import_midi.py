"""Rule import_midi: a song that is MIDI already."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock.midifile import write_score
from mathrock.midisong import take_in
from mathrock.status import write_status

score, status = take_in(snakemake.params.song)
if not status.ok:
    tell(str(status))
write_score(snakemake.output.midi, score)
write_status(snakemake.output.status, status)
