"""Rule apply_effects: a take's stems become the finished track."""

from mathrock.jobs.log import log_to

log_to(snakemake.log[0])

from mathrock.audio.writing import write_mp3, write_wav
from mathrock.files.json_files import read_json, write_json
from mathrock.files.provenance import collect_provenance
from mathrock.generation.variations import made_of
from mathrock.rendering.effects.files import with_files
from mathrock.rendering.mixing import mix_down
from mathrock.rendering.stems import read_stems

knobs = dict(snakemake.params.items())
stems, rate = read_stems(snakemake.input.stems)
loudness, peak = knobs["loudness"], knobs["true_peak"]
chains = with_files(knobs["chains"], snakemake.input.files)
track = mix_down(stems, rate, chains, knobs["parts"], knobs["master"], loudness, peak)
name, model = snakemake.wildcards.track, snakemake.wildcards.model
tags = {"title": name.replace("-", " ").title(), "artist": "Making Math Rock", "album": model}
write_wav(snakemake.output.wav, track, rate)
write_mp3(snakemake.output.mp3, track, rate, **tags, true_peak_db=peak)
made = collect_provenance(knobs, snakemake.input, ("numpy", "pedalboard", "tinysoundfont"))
generated = made_of(read_json(snakemake.input.made), knobs["variation"])
write_json(snakemake.output.made, {"generated": generated, "track": made})
