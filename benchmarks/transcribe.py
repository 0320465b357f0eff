"""Recordings -> MIDI, whole processes: the project's code beside the basic-pitch command.

Both use the thresholds of config.yaml and the same ONNX model, which ours rewrites once, before the
clock starts, as the workflow does (mathrock.listener). basic-pitch uses every core of the machine;
so do we, unless --threads says otherwise. The workflow gives a song one core by default and hears
as many songs at once as there are cores.
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from _library import ROOT
from _measure import (
    HERE,
    BenchmarkError,
    add_process_options,
    at_least_1,
    call,
    machine,
    medians,
    parser,
    run,
    show,
    show_json,
)
from mathrock.evaluation.transcription_metrics import score_notes
from mathrock.formats.readers import read_file
from mathrock.music.score import Note
from mathrock.transcription.basic_pitch import bundled_model
from mathrock.transcription.basic_pitch_graph import rewrite_model

PACKAGES = ["basic-pitch", "onnxruntime", "numpy", "librosa", "tensorflow"]
COLUMNS = ["file", "audio s", "ours s", "CPU s", "MB", "notes"]
THEIR_COLUMNS = ["basic-pitch s", "CPU s", "MB", "notes", "speedup", "F1"]
LEGEND = """s: wall-clock seconds of the whole process; MB: its peak resident memory, 10^6 bytes.
F1: our notes against basic-pitch's, onsets within 50 ms, offsets within 50 ms or a fifth."""
ESCAPE = "With --cores, compare CPU seconds: basic-pitch puts a thread on each core all the same."


def main() -> None:
    options = parser(__doc__)
    options.add_argument("files", nargs="+", metavar="FILE", help="a recording")
    options.add_argument("--ours-only", action="store_true", help="leave basic-pitch out")
    hint = "of the model in our process, as many as cores without it"
    options.add_argument("--threads", type=at_least_1, metavar="N", help=hint)
    add_process_options(options)
    given = options.parse_args()
    facts = machine(PACKAGES, given.cores)
    flags = thresholds()
    given.threads = given.threads or given.cores or os.cpu_count()
    with TemporaryDirectory() as folder:
        given.model = Path(folder, "listener.onnx")
        rewrite_model(bundled_model(), given.model)
        files = [compare(file, flags, given) for file in given.files]
    if given.json:
        show_json({"machine": facts, "flags": flags, "threads": given.threads, "files": files})
    else:
        headers = COLUMNS if given.ours_only else COLUMNS + THEIR_COLUMNS
        legend = f"{LEGEND}\n{ESCAPE}" if given.cores else LEGEND
        show(facts, headers, [row(result) for result in files], legend)


def thresholds() -> list[str]:
    """Flags that both programs understand, with the values of config.yaml."""
    knobs = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))["transcription"]
    flags = [
        f"--onset-threshold={knobs['onset_threshold']}",
        f"--frame-threshold={knobs['frame_threshold']}",
        f"--minimum-note-length={knobs['minimum_note_ms']}",
    ]
    return flags if knobs["melodia"] else [*flags, "--no-melodia"]


def compare(file: str, flags: list[str], given) -> dict:
    """Transcribe one recording with both programs in turns."""
    recording = Path(file).absolute()
    our_runs, their_runs, their_notes = [], [], []
    with TemporaryDirectory() as folder:
        for number in range(given.repeats):
            new = Path(folder, str(number))
            new.mkdir()  # basic-pitch overwrites nothing
            try:
                used, seconds, notes = ours(recording, new / "ours.mid", flags, given)
                our_runs.append(used)
                if not given.ours_only:
                    used, their_notes = basic_pitch(recording, new, flags, given.cores)
                    their_runs.append(used)
            except BenchmarkError as error:
                raise BenchmarkError(f"{file} {error}") from None
    result = {"file": file, "seconds": round(seconds, 3), "ours": medians(our_runs)}
    result["notes"] = {"ours": len(notes)}
    if their_runs:
        result["basic_pitch"] = medians(their_runs)
        result["notes"]["basic_pitch"] = len(their_notes)
        result["speedup"] = round(result["basic_pitch"]["wall_s"] / result["ours"]["wall_s"], 2)
        result["f1"] = round(score_notes(their_notes, notes)["onset_offset_f1"], 5)
    return result


def ours(recording: Path, midi: Path, flags: list[str], given) -> tuple[dict, float, list[Note]]:
    """What our process used, the recording's seconds, and the notes."""
    own = [f"--model={given.model}", f"--threads={given.threads}"]
    command = [sys.executable, HERE / "_transcribe_ours.py", recording, midi, *own, *flags]
    used, seconds = run(command, given.cores)
    return used, float(seconds), read_file(midi, "mid")[0].pitched_notes


def basic_pitch(
    recording: Path, folder: Path, flags: list[str], cores: int
) -> tuple[dict, list[Note]]:
    """What basic-pitch's process used, and its notes."""
    program = Path(sys.executable).with_name("basic-pitch")
    if not program.exists():
        raise BenchmarkError("needs the basic-pitch command, which is not beside this Python")
    used, said = run([program, "--model-serialization=onnx", *flags, folder, recording], cores)
    midi = folder / f"{recording.stem}_basic_pitch.mid"
    if not midi.exists():  # it ends with status 0 all the same
        raise BenchmarkError(f"defeats basic-pitch: {said.strip().splitlines()[-1]}")
    return used, read_file(midi, "mid")[0].pitched_notes


def row(result: dict) -> list:
    """A line of the table."""
    name, notes = Path(result["file"]).name, result["notes"]
    cells = [name, result["seconds"], *result["ours"].values(), notes["ours"]]
    if "basic_pitch" in result:
        cells += [*result["basic_pitch"].values(), notes["basic_pitch"]]
        cells += [result["speedup"], result["f1"]]
    return cells


if __name__ == "__main__":
    call(main)
