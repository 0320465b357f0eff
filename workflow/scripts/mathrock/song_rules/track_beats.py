"""Rule track_beats: track the beats and bars of a recording and detect its drum hits."""

from functools import cache

from mathrock.files.arrays import read_array
from mathrock.music.beats import summarize, write_beats
from mathrock.music.drum_hits import write_hits
from mathrock.transcription import rhythm_network
from mathrock.transcription.beat_tracking import track_beats
from mathrock.transcription.drum_detection import detect_drums

_load_rhythm = cache(rhythm_network.load)  # once for all songs of a process


def run(job, log) -> None:
    """Run a job of the rule; `job` has the attributes of the `snakemake` object of scripts."""
    levels = read_array(job.input.spectrum)
    activations = _load_rhythm(job.params.rhythm).predict(levels)
    beats = track_beats(levels, activations)
    threshold = job.params.drums
    hits = detect_drums(levels, activations, threshold) if threshold else []
    facts = [f"{name} {value}" for name, value in summarize(beats).items()] or ["no beats"]
    log(", ".join([*facts, f"{len(hits)} drum hits"]).replace("_", " "))
    write_beats(job.output.beats, beats)
    write_hits(job.output.hits, hits)
