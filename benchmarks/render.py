"""MIDI -> wav, whole processes: the project's default engine beside the fluidsynth command.

Both write 16-bit stereo at 44.1 kHz. Without files, the demo songs are rendered.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from _library import ROOT
from _measure import (
    HERE,
    BenchmarkError,
    add_process_options,
    call,
    machine,
    medians,
    parser,
    run,
    show,
    show_json,
)
from mathrock.demo.math_rock import PIECES, compose
from mathrock.formats.midi.writer import write_score
from mathrock.rendering.synthesis import SAMPLE_RATE, SynthesisError, read_midi

PACKAGES = ["tinysoundfont", "numpy", "mido", "soundfile"]
SOUNDFONT = ROOT / "data" / "soundfont" / "rock_gm_fluidr3mono.sf3"
FLUIDSYNTH = ["-ni", "-g", "0.4", "-R", "0", "-C", "0", "-r", str(SAMPLE_RATE)]  # no reverb, chorus
COLUMNS = ["file", "music s", "ours s", "CPU s", "MB", "x real time"]
COLUMNS += ["fluidsynth s", "CPU s", "MB", "x real time", "speedup"]
LEGEND = """s: wall-clock seconds of the whole process; MB: its peak resident memory, 10^6 bytes.
x real time: seconds of music, without the ring of its end, rendered in a second."""


def main() -> None:
    options = parser(__doc__)
    options.add_argument("files", nargs="*", metavar="FILE", help="a MIDI file")
    options.add_argument("--soundfont", type=Path, default=SOUNDFONT, help="an .sf2 or .sf3 file")
    add_process_options(options)
    given = options.parse_args()
    fluidsynth = shutil.which("fluidsynth")
    facts = machine(PACKAGES, given.cores)
    facts["fluidsynth"] = version(fluidsynth) if fluidsynth else "not installed"
    with TemporaryDirectory() as folder:
        files = given.files or write_demo_songs(Path(folder))
        results = [compare(file, Path(folder), fluidsynth, given) for file in files]
    if given.json:
        show_json({"machine": facts, "soundfont": given.soundfont.name, "files": results})
    else:
        note = f"fluidsynth: {facts['fluidsynth']}; SoundFont: {given.soundfont.name}"
        show(facts, COLUMNS, [row(result) for result in results], f"{LEGEND}\n{note}")


def version(fluidsynth: str) -> str:
    """Its version as it says it, `2.3.1` for instance."""
    said = subprocess.run([fluidsynth, "--version"], capture_output=True, text=True).stdout
    return next((line.split()[-1] for line in said.splitlines() if "version" in line), "unknown")


def write_demo_songs(folder: Path) -> list[str]:
    """The math-rock pieces that the project composes itself, as MIDI files."""
    for name in PIECES:
        write_score(folder / f"{name}.mid", compose(name))
    return [str(folder / f"{name}.mid") for name in PIECES]


def compare(file: str, folder: Path, fluidsynth: str | None, given) -> dict:
    """Render one MIDI file with both in turns."""
    midi, wav = Path(file).absolute(), folder / "out.wav"
    try:
        seconds = read_midi(midi).length
    except SynthesisError as error:
        raise BenchmarkError(error) from None
    commands = {"ours": [sys.executable, HERE / "_render_ours.py", midi, given.soundfont, wav]}
    if fluidsynth:
        commands["fluidsynth"] = [fluidsynth, *FLUIDSYNTH, "-F", wav, given.soundfont, midi]
    runs = {name: [] for name in commands}
    for _ in range(given.repeats):
        for name, command in commands.items():
            runs[name].append(run(command, given.cores)[0])
            wav.unlink()
    result = {"file": file if given.files else midi.name, "seconds": round(seconds, 3)}
    for name, used in runs.items():
        result[name] = medians(used)
        result[name]["times_real_time"] = round(seconds / result[name]["wall_s"], 1)
    if fluidsynth:
        result["speedup"] = round(result["fluidsynth"]["wall_s"] / result["ours"]["wall_s"], 2)
    return result


def row(result: dict) -> list:
    """A line of the table."""
    cells = [Path(result["file"]).name, result["seconds"], *result["ours"].values()]
    if "fluidsynth" not in result:
        return [*cells, "not installed"]
    return [*cells, *result["fluidsynth"].values(), result["speedup"]]


if __name__ == "__main__":
    call(main)
