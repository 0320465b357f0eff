"""Rule decode_take: a take's piano roll becomes MIDI."""

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from mathrock.files.arrays import read_array
from mathrock.files.json_files import read_json
from mathrock.formats.midi.writer import write_score
from mathrock.generation.arranging import arrange
from mathrock.generation.variations import pick

roll = pick(read_array(snakemake.input.roll), snakemake.params.variation)
made = read_json(snakemake.input.made)
score = arrange(roll, made, snakemake.wildcards.track, **snakemake.params.knobs)
write_score(snakemake.output[0], score)
