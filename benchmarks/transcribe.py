"""Recordings -> MIDI, whole processes: the project's code beside the basic-pitch command.

Both use the thresholds of config.yaml and the same ONNX model, ours on one thread.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
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
)
from mathrock.midifile import MidiError, read_score
from mathrock.scoring import score

PACKAGES = ["basic-pitch", "onnxruntime", "numpy", "librosa", "tensorflow"]
OURS = ["file", "audio s", "ours s", "CPU s", "MB", "notes"]
THEIRS = ["basic-pitch s", "CPU s", "MB", "notes", "speedup", "F1"]
NOTES = """s: wall-clock seconds of the whole process; MB: its peak resident memory, 10^6 bytes.
F1: of our notes against basic-pitch's, onsets within 50 ms and offsets within 50 ms or a fifth."""


def main() -> None:
    options = parser(__doc__.splitlines()[0])
    options.add_argument("files", nargs="+", metavar="FILE", help="a recording")
    options.add_argument("--ours-only", action="store_true", help="leave basic-pitch out")
    add_process_options(options)
    given = options.parse_args()
    facts = machine(PACKAGES, given.cores)
    flags = thresholds()
    files = [compare(file, flags, given) for file in given.files]
    if given.json:
        show_json({"machine": facts, "thresholds": flags, "files": files})
        return
    headers = OURS if given.ours_only else [*OURS, *THEIRS]
    show(facts, headers, [row(file) for file in files], NOTES)


def thresholds() -> list[str]:
    """The flags that both programs understand, with the values of config.yaml."""
    knobs = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))["transcription"]
    flags = [
        f"--onset-threshold={knobs['onset_threshold']}",
        f"--frame-threshold={knobs['frame_threshold']}",
        f"--minimum-note-length={knobs['minimum_note_ms']}",
    ]
    return flags if knobs["melodia"] else [*flags, "--no-melodia"]


def compare(file: str, flags: list[str], given) -> dict:
    """Transcribe one recording with both, in turns."""
    ours, theirs = [], []
    try:
        with TemporaryDirectory() as folder:
            for number in range(given.repeats):
                midi = Path(folder, f"{number}.mid")
                used, seconds = transcribe_ours(file, midi, flags, given.cores)
                ours.append(used)
                if not given.ours_only:
                    used, their_midi = basic_pitch(file, Path(folder, str(number)), flags, given)
                    theirs.append(used)
            notes = read_score(midi).pitched_notes
            their_notes = read_score(their_midi).pitched_notes if theirs else []
    except (BenchmarkError, MidiError) as error:
        raise BenchmarkError(f"{file} {error}") from None
    result = {"file": file, "seconds": round(seconds, 3), "ours": medians(ours)}
    result["notes"] = {"ours": len(notes)}
    if theirs:
        result["basic_pitch"] = medians(theirs)
        result["notes"]["basic_pitch"] = len(their_notes)
        result["speedup"] = round(result["basic_pitch"]["wall_s"] / result["ours"]["wall_s"], 2)
        result["f1"] = round(score(their_notes, notes)["onset_offset_f1"], 5)
    return result
