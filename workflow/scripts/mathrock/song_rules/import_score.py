"""Rule import_score: convert a song that is a score to MIDI, and write its beats."""

from mathrock.files.unchanged import unchanged
from mathrock.formats.midi.writer import write_score
from mathrock.music.beats import write_beats
from mathrock.music.drum_hits import write_hits
from mathrock.music.score_beats import beats_of
from mathrock.songs.score_import import import_song
from mathrock.songs.status import write_status


def run(job, log) -> None:
    """Run a job of the rule; `job` has the attributes of the `snakemake` object of scripts."""
    song = job.params.song
    file = job.input.song or song["path"]
    with unchanged(song, file):
        score, status = import_song(song, file)
        write_score(job.output.midi, score)
        beats = beats_of(score, status.facts.get("beat_confidence", 0.0))
        write_beats(job.output.beats, beats)
        write_hits(job.output.hits, [])  # its drums are in its MIDI
        write_status(job.output.status, status)
    if not status.ok or status.warnings:
        log(str(status))
