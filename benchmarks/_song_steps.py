"""A step of the workflow for some recordings, in this process: what `batch.py` measures.

python _song_steps.py STEP FOLDER LISTENER NUMBER=RECORDING...

What is a recording's lies in FOLDER/NUMBER: two recordings may have one name.
"""

import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import yaml

from _library import ROOT

SETTINGS = yaml.safe_load((ROOT / "config.yaml").read_text())
KNOBS = SETTINGS["transcription"]
FILES = {  # of each step: those of a song's that it reads, and those that it writes
    "hear_song": ([], ["activations.npz", "spectrum.npy", "status.json"]),
    "track_beats": (["spectrum.npy"], ["beats.tsv", "hits.tsv"]),
    "create_notes": (
        ["activations.npz", "status.json", "beats.tsv", "hits.tsv"],
        ["midi.mid", "status.notes.json"],
    ),
    "encode_roll": (["midi.mid", "status.notes.json"], ["roll.npy", "packed.npz", "status.r.json"]),
}
PARAMS = {
    "rhythm": str(ROOT / "data/listener/rhythm.npz"),
    "note_filter": str(ROOT / "data/listener/note_filter.npz"),
    "drums": KNOBS["drums"],
    "quantise": KNOBS["quantise"],
    "least_confidence": SETTINGS["grid"]["least_confidence"],
}


def main() -> None:
    step, folder, listener, *recordings = sys.argv[1:]
    run = import_module(f"mathrock.song_rules.{step}").run
    knobs = {name: value for name, value in KNOBS.items() if name not in ("drums", "quantise")}
    params = PARAMS | {"knobs": SETTINGS["grid"] if step == "encode_roll" else knobs}
    for number, _, recording in (word.partition("=") for word in recordings):
        place = Path(folder, number)
        place.mkdir(parents=True, exist_ok=True)
        inputs, outputs = (
            {name.partition(".")[0]: str(place / name) for name in names} for names in FILES[step]
        )
        facts = {"id": number, "path": recording, "genre": "none", "format": "mp3", "problem": ""}
        job = SimpleNamespace(
            input=SimpleNamespace(song=recording, listener=listener, **inputs),
            output=SimpleNamespace(**outputs),
            params=SimpleNamespace(song=facts, **params),
            threads=1,
        )
        run(job, lambda line: None)


if __name__ == "__main__":
    main()
