"""Rule render_take: a take's MIDI becomes sound, part by part."""

from mathrock.jobs.log import log_line, log_to

log_to(snakemake.log[0])

from mathrock.audio.writing import write_wav
from mathrock.files.whole import check_whole
from mathrock.rendering.part_rendering import render_stems
from mathrock.rendering.stems import mix, write_stems
from mathrock.rendering.synthesis import SAMPLE_RATE

check_whole(snakemake.input.midi)
soundfont = snakemake.input.soundfont or snakemake.params.soundfont
stems, skipped = render_stems(snakemake.input.midi, soundfont, SAMPLE_RATE, snakemake.params.engine)
for channel, program in skipped:
    log_line(f"{soundfont} lacks program {program} (channel {channel + 1}): another one played")
write_stems(snakemake.output.stems, stems, SAMPLE_RATE)
write_wav(snakemake.output.mix, mix(stems), SAMPLE_RATE)
