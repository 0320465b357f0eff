"""Rule decode_take: a take's piano roll becomes MIDI."""

from mathrock.joblog import log_to

log_to(snakemake.log[0])

import numpy as np

from mathrock.arranging import arrange
from mathrock.midifile import write_score
from mathrock.provenance import read_json
from mathrock.variations import pick

roll = pick(np.load(snakemake.input.roll), snakemake.params.variation)
made = read_json(snakemake.input.made)
score = arrange(roll, made, snakemake.wildcards.track, **snakemake.params.knobs)
write_score(snakemake.output[0], score)
