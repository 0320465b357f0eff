"""How many notes of MIDI files come back from their recordings: this project beside Basic Pitch.

MIDI_FOLDER is any folder of MIDI files. Each is played by the project's synthesiser, with its drums
and without, encoded to mp3 and transcribed. Printed are medians over songs of the note onset F1
(mir_eval, within 50 ms), for all songs and for the half on which nothing was tuned.
"""

from statistics import median

import yaml

from _library import ROOT
from _measure import BenchmarkError, call, machine, parser, show, show_json
from _recordings import MIXES, hear, is_held_back, midi_files, true_notes
from mathrock import notefilter
from mathrock.activations import Activations
from mathrock.midifile import Note
from mathrock.notecreation import create_notes
from mathrock.scoring import score

PLAIN = {"onset_threshold": 0.5, "frame_threshold": 0.3, "minimum_note_ms": 127.7, "melodia": True}
PROGRAMS = ("ours", "without_filter", "basic_pitch")


def main() -> None:
    options = parser(__doc__)
    options.add_argument("folder", metavar="MIDI_FOLDER")
    given = options.parse_args()
    facts, songs = machine(["onnxruntime", "numpy", "mir_eval"]), []
    knobs = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))["transcription"]
    judge = notefilter.load(ROOT / "data/listener/note_filter.npz")
    settings = {
        "ours": {**knobs, "judge": judge},
        "without_filter": {**knobs, "note_filter": 0},
        "basic_pitch": PLAIN,
    }
    for path, mixes in hear(midi_files(given.folder)):
        truth = true_notes(path)
        f1 = {mix: compare(truth, heard, settings) for mix, heard in mixes.items()}
        songs.append({"file": path.name, "held_back": is_held_back(path), "onset_f1": f1})
    if not songs:
        raise BenchmarkError(f"{given.folder} holds no MIDI file with notes")
    halves = {"all": songs, "held_back": [song for song in songs if song["held_back"]]}
    result = {"machine": facts, "songs": songs}
    for mix in MIXES:
        result[f"onset_f1_{mix}"] = {
            half: {program: middle(some, mix, program) for program in PROGRAMS}
            for half, some in halves.items()
            if some
        }
    if given.json:
        show_json(result)
        return
    rows = [
        [mix, half, len(halves[half]), *(figures[program] for program in PROGRAMS)]
        for mix in MIXES
        for half, figures in result[f"onset_f1_{mix}"].items()
    ]
    headers = ["mix", "songs", "number", "ours", "without the note filter", "Basic Pitch"]
    show(
        facts, headers, rows, "Median onset F1. Basic Pitch: its method with its default settings."
    )


def compare(truth: list[Note], heard: Activations, settings: dict) -> dict[str, float]:
    """Onset F1 of each program on one recording."""
    return {
        program: round(score(truth, create_notes(heard, **those))["onset_f1"], 4)
        for program, those in settings.items()
    }


def middle(songs: list[dict], mix: str, program: str) -> float:
    return round(median(song["onset_f1"][mix][program] for song in songs), 4)


if __name__ == "__main__":
    call(main)
