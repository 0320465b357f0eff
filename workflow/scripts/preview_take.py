"""Rule preview_take: what the page plays of a track, and what it offers for a DAW."""

import shutil

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

import soundfile

from mathrock.files.atomic import replacing
from mathrock.files.whole import check_whole
from mathrock.report.preview_mp3 import write_preview

for path in [snakemake.input.plain, *snakemake.input.files]:
    check_whole(path)
plain, rate = soundfile.read(snakemake.input.plain, dtype="float32", always_2d=True)
write_preview(snakemake.output.plain, plain, rate, snakemake.params.loudness)
for source, copy in zip(snakemake.input.files, snakemake.output.files, strict=True):
    with replacing(copy) as temporary:
        shutil.copyfile(source, temporary)
