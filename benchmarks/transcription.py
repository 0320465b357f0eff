"""How much of MIDI files comes back from their recordings: notes, beats, metre, drums.

MIDI_FOLDER is any folder of MIDI files. Each is played by the project's synthesiser, with its drums
and without, encoded to mp3 and transcribed. Beside this project: Basic Pitch with its defaults,
whose MIDI always says 120 and 4/4, and librosa's beat tracker. Printed are medians over songs, for
all songs and for the half on which nothing was tuned: the note onset F1 (mir_eval, within 50 ms),
the beat F-measure (mir_eval, 70 ms, from 5 s on), in how many songs the metre's numerator is right,
the onset F1 of kick, snare and hi-hat together (50 ms), and the share of notes that keep their
place in the bar, of songs whose notes keep to a grid.

What a beat is follows pretty_midi: the quarter in x/4, the dotted quarter in 6/8, 9/8 and 12/8.
"""

import time
import warnings
from pathlib import Path
from statistics import median

import mido
import numpy as np
import yaml

from _library import ROOT
from _measure import BenchmarkError, call, machine, parser, show, show_json
from _places import grid_of, share_kept
from mathrock.audio.mel_spectrogram import mel_spectrogram
from mathrock.evaluation.transcription_metrics import (
    match_onsets,
    score_beats,
    score_hits,
    score_notes,
)
from mathrock.formats.readers import read_file
from mathrock.music.beats import summarize
from mathrock.music.drum_hits import KEYS, Hit
from mathrock.music.score import Score
from mathrock.music.score_beats import beats_of
from mathrock.transcription import note_filter, rhythm_network
from mathrock.transcription.basic_pitch import SAMPLE_RATE
from mathrock.transcription.beat_tracking import track_beats
from mathrock.transcription.drum_detection import detect_drums
from mathrock.transcription.note_creation import create_notes
from mathrock.transcription.score_assembly import assemble_score
from recordings import MIXES, Heard, hear, is_held_back, midi_files, true_notes

PLAIN = {"onset_threshold": 0.5, "frame_threshold": 0.3, "minimum_note_ms": 127.7, "melodia": True}
NOTE_PROGRAMS = ("ours", "without_filter", "basic_pitch")
BEAT_PROGRAMS = ("ours", "librosa")
KITS = {"kick": (35, 36), "snare": (37, 38, 39, 40), "hat": (42, 44, 46)}  # General MIDI keys
FEWEST_HITS = 20  # of a song whose drums are scored
EARLY, LATE = 0.3, 0.05  # seconds around the notes in which true beats are asked for


def main() -> None:
    options = parser(__doc__)
    options.add_argument("folder", metavar="MIDI_FOLDER")
    given = options.parse_args()
    facts, songs = machine(["onnxruntime", "numpy", "librosa", "mir_eval"]), []
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    knobs, least = config["transcription"], config["grid"]["least_confidence"]
    threshold = knobs.pop("drums")
    knobs.pop("quantise")
    judge = note_filter.load(ROOT / "data/listener/note_filter.npz")
    listener = rhythm_network.load(ROOT / "data/listener/rhythm.npz")
    settings = {
        "ours": {**knobs, "classifier": judge},
        "without_filter": {**knobs, "note_filter": 0},
        "basic_pitch": PLAIN,
    }
    for path, mixes in hear(midi_files(given.folder)):
        song = {"file": path.name, "held_back": is_held_back(path), "metre": stated_metre(path)}
        for mix, heard in mixes.items():
            song[mix] = examine(path, heard, settings, listener, threshold, least)
        songs.append(song)
    if not songs:
        raise BenchmarkError(f"{given.folder} holds no MIDI file with notes")
    result = {"machine": facts, "songs": songs, **summary(songs)}
    if given.json:
        show_json(result)
    else:
        show(facts, ["", "songs", "ours", "beside it"], list(rows(result, songs)))


def examine(
    path: Path,
    heard: Heard,
    settings: dict,
    listener: rhythm_network.RhythmNetwork,
    threshold: float,
    least_confidence: float,
) -> dict:
    """All figures of one recording; its metre is the one that its MIDI is written in."""
    truth, played = read_file(path, "mid")[0], true_notes(path)
    began = time.perf_counter()
    found = {name: create_notes(heard.activations, **those) for name, those in settings.items()}
    note_seconds = (time.perf_counter() - began) / len(settings)
    began = time.perf_counter()
    levels = mel_spectrogram(heard.samples)
    odds = listener.predict(levels)
    beats, hits = track_beats(levels, odds), detect_drums(levels, odds, threshold)
    added = time.perf_counter() - began
    written, facts = assemble_score(found["ours"], hits, beats, least_confidence)
    grid, true_beats = grid_of(truth, played), beat_times(truth)
    times = {"ours": [beat.time for beat in beats], "librosa": librosa_beats(heard.samples)}
    f1 = {name: score_notes(played, notes)["onset_f1"] for name, notes in found.items()}
    return {
        "onset_f1": {name: round(value, 4) for name, value in f1.items()},
        "beat_f": {name: round(score_beats(true_beats, those), 4) for name, those in times.items()},
        "metre": summarize(beats_of(written)).get("metre", "4/4"),
        "beat_confidence": facts.get("beat_confidence"),
        "drum_f1": drum_f1(truth, hits),
        "places_kept": grid
        and round(share_kept(truth, written, match_onsets(played, found["ours"]), grid), 4),
        "seconds": round(heard.seconds + note_seconds, 3),
        "seconds_added": round(added, 3),
    }


def stated_metre(path: Path) -> str | None:
    """The metre that the file states and that most of it is in; None where it states none."""
    kinds = [message.type for track in mido.MidiFile(path).tracks for message in track]
    return (
        summarize(beats_of(read_file(path, "mid")[0]))["metre"]
        if "time_signature" in kinds
        else None
    )


def beat_times(truth: Score) -> list[float]:
    """True beats from the first note to the last."""
    onsets = [note.onset for part in truth.parts for note in part.notes]
    first, last = min(onsets) - EARLY, max(onsets) + LATE
    return [beat.time for beat in beats_of(truth) if first <= beat.time <= last]


def librosa_beats(samples: np.ndarray) -> list[float]:
    """What librosa's beat tracker finds with its defaults."""
    import librosa

    with warnings.catch_warnings(action="ignore"):
        _, times = librosa.beat.beat_track(y=samples, sr=SAMPLE_RATE, units="time")
    return list(times)


def drum_f1(truth: Score, hits: list[Hit]) -> float | None:
    """Onset F1 of kick, snare and hi-hat together; None where the song has too few of them."""
    struck = [note for part in truth.parts if part.is_drum for note in part.notes]
    played = {
        drum: sorted({round(note.onset, 3) for note in struck if note.pitch in keys})
        for drum, keys in KITS.items()
    }
    if sum(map(len, played.values())) < FEWEST_HITS:
        return None
    found = {drum: [hit.time for hit in hits if hit.drum == drum] for drum in KEYS}
    return round(score_hits(played, found), 4)


def summary(songs: list[dict]) -> dict:
    """Medians over all songs and over the half held back, and how many metres are right."""
    halves = {"all": songs, "held_back": [song for song in songs if song["held_back"]]}
    halves = {half: some for half, some in halves.items() if some}
    result = {}
    for mix in MIXES:
        result[f"onset_f1_{mix}"] = {
            half: {program: middle(some, mix, "onset_f1", program) for program in NOTE_PROGRAMS}
            for half, some in halves.items()
        }
    for name, mix in (("beat_f", "drums"), ("beat_f_no_drums", "no_drums")):
        result[name] = {
            half: {program: middle(some, mix, "beat_f", program) for program in BEAT_PROGRAMS}
            for half, some in halves.items()
        }
    result["metre_right"] = {half: metres_right(some) for half, some in halves.items()}
    for figure in ("drum_f1", "places_kept"):
        result[figure] = {half: middle(some, "drums", figure) for half, some in halves.items()}
    mixes = [song[mix] for song in songs for mix in MIXES]
    result["time_added"] = round(
        sum(mix["seconds_added"] for mix in mixes) / sum(mix["seconds"] for mix in mixes), 3
    )
    return result


def middle(songs: list[dict], mix: str, figure: str, program: str | None = None) -> float | None:
    values = [song[mix][figure] for song in songs if song[mix][figure] is not None]
    values = [value[program] for value in values] if program else values
    return round(median(values), 4) if values else None


def metres_right(songs: list[dict]) -> dict[str, dict[str, int]]:
    """In how many songs, with drums, the numerator is right; Basic Pitch always says 4/4."""
    result = {}
    for kind in ("odd", "even"):
        stated = [s for s in songs if s["metre"] and (s["metre"] == "4/4") == (kind == "even")]
        right = [s for s in stated if numerator(s["drums"]["metre"]) == numerator(s["metre"])]
        plain = len(stated) if kind == "even" else 0
        result[kind] = {"ours": len(right), "basic_pitch": plain, "songs": len(stated)}
    return result


def numerator(metre: str | None) -> str | None:
    return metre and metre.split("/")[0]


def rows(result: dict, songs: list[dict]):
    """The summary as a table."""
    held = sum(song["held_back"] for song in songs)
    counts = {"all": len(songs), "held_back": held}
    for figure, halves in result.items():
        if figure in ("machine", "songs", "time_added"):
            continue
        for half, values in halves.items():
            name = f"{figure}, {half}"
            if figure == "metre_right":
                for kind, numbers in values.items():
                    beside = f"basic_pitch {numbers['basic_pitch']}"
                    yield [f"{name}, {kind}", numbers["songs"], numbers["ours"], beside]
            elif isinstance(values, dict):
                beside = ", ".join(f"{k} {v}" for k, v in values.items() if k != "ours")
                yield [name, counts[half], values["ours"], beside]
            else:
                yield [name, counts[half], values, ""]
    yield ["time added to transcription", len(songs), result["time_added"], ""]


if __name__ == "__main__":
    call(main)
