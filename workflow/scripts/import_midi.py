"""Rule import_midi: a song that is MIDI already, and its beats."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

from mathrock.beats import write_beats
from mathrock.drumhits import write_hits
from mathrock.midifile import write_score
from mathrock.midisong import take_in
from mathrock.scorebeats import beats_of
from mathrock.status import write_status
from mathrock.steadyfile import unchanged

with unchanged(snakemake.params.song):
    score, status = take_in(snakemake.params.song)
    write_score(snakemake.output.midi, score)
    beats = beats_of(score, status.facts.get("beat_confidence", 0.0))
    write_beats(snakemake.output.beats, beats)
    write_hits(snakemake.output.hits, [])  # its drums are in its MIDI
    write_status(snakemake.output.status, status)
if not status.ok:
    tell(str(status))
