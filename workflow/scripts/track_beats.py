"""Rule track_beats: the beats, bars and drums of one recording."""

from mathrock.joblog import log_to, tell

log_to(snakemake.log[0])

import numpy as np

from mathrock import rhythm
from mathrock.beats import summarize, write_beats
from mathrock.drumhits import write_hits
from mathrock.drumpeaks import find_hits
from mathrock.tracking import track_beats

levels = np.load(snakemake.input[0])
heard = rhythm.load(snakemake.params.rhythm).hear(levels)
beats = track_beats(levels, heard)
threshold = snakemake.params.drums
hits = find_hits(levels, heard, threshold) if threshold else []
facts = [f"{name} {value}" for name, value in summarize(beats).items()] or ["no beats"]
tell(", ".join([*facts, f"{len(hits)} drum hits"]).replace("_", " "))
write_beats(snakemake.output.beats, beats)
write_hits(snakemake.output.hits, hits)
