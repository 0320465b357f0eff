"""Keys and scales found beside those that songs were composed in, and of old tunes; the time.

The songs are the ten math-rock demo songs, other seeds of them, and those of demo/metre_songs.py;
the tunes are of music21's corpus, where a tune's K: field is taken for true.
"""

import itertools
import random
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
from music21 import converter, corpus
from music21.exceptions21 import Music21Exception

from _library import ROOT
from _measure import machine, parser, show, show_json
from mathrock.demo.math_rock import MODES, TONICS, compose
from mathrock.demo.math_rock_pieces import PIECES
from mathrock.demo.metre_songs import make
from mathrock.music.pitch_names import PITCH_CLASSES
from mathrock.music.score import Note
from mathrock.pianoroll import encoding, key_estimation
from mathrock.pianoroll.key_estimation import find_key

sys.path.insert(0, str(ROOT / "tests"))

RATE = 16
SEEDS, FIRST_SEED, TUNE_SEED = (4, 5, 6), 1000, 1  # not those that key.py was made with
TUNE_BOOKS = ("oneills1850", "ryansMammoth")
TUNE_MODES = {"": "ionian", "maj": "ionian", "m": "aeolian", "min": "aeolian"}
TUNE_MODES |= {"mix": "mixolydian", "dor": "dorian"}
TUNES, MODAL_TUNES = 100, 60  # of any mode; of mixolydian and dorian ones
LONG, SONGS = 240 * RATE, 100  # steps of a song and songs, for the time


def main() -> None:
    given = parser(__doc__).parse_args()
    sets = {
        "demo songs": [(piece.key, _roll(compose(name))) for name, piece in PIECES.items()],
        "other seeds": [
            (piece.key, _roll(compose(name, seed)))
            for name, piece in PIECES.items()
            for seed in SEEDS
        ],
        "all tonics and modes": [
            (f"{tonic} {mode}", _roll(make(key=f"{tonic} {mode}", seed=seed)))
            for seed, (tonic, mode) in enumerate(itertools.product(TONICS, MODES), FIRST_SEED)
        ],
    }
    tunes = list(_tunes())
    for name, modes in {
        "tunes, major and minor": ("ionian", "aeolian"),
        "tunes, mixolydian and dorian": ("mixolydian", "dorian"),
    }.items():
        sets[name] = [tune for tune in tunes if tune[0].split()[1] in modes]
    rows = [_score(name, songs) for name, songs in sets.items()]
    seconds = _time([roll for _, roll in sets["demo songs"]])
    facts = machine(["music21", "numpy"])
    if given.json:
        show_json({"machine": facts, "sets": rows, "seconds_for_100_songs": seconds})
        return
    table = [list(row.values()) for row in rows]
    show(facts, list(rows[0]), table)
    print(f"{SONGS} songs of {LONG // RATE // 60} minutes: {seconds:.1f} s")


def _roll(score) -> np.ndarray:
    return encoding.encode(score.pitched_notes, RATE)


def _score(name: str, songs: list) -> dict:
    alone = tonics = scales = 0
    for song, roll in songs:
        tonic, mode = song.split()
        found = find_key(roll)
        is_right = found.tonic == PITCH_CLASSES[tonic]
        tonics += is_right
        scales += is_right and found.scale.split(maxsplit=1)[-1] == mode
        with patch.object(key_estimation, "END_WEIGHT", 0):
            alone += find_key(roll).tonic == PITCH_CLASSES[tonic]
    right = {"tonic, profile alone": alone, "tonic": tonics, "tonic and scale": scales}
    return {"songs": name, "count": len(songs), **right}


def _time(rolls: list[np.ndarray]) -> float:
    long = [np.resize(roll, (LONG, *roll.shape[1:])) for roll in rolls]
    start = time.perf_counter()
    for roll in itertools.islice(itertools.cycle(long), SONGS):
        find_key(roll)
    return time.perf_counter() - start


def _tunes() -> Iterator[tuple[str, np.ndarray]]:
    """Key and roll of tunes drawn from the books."""
    folder, tunes = Path(corpus.__file__).parent, []
    for path in sorted(path for book in TUNE_BOOKS for path in (folder / book).glob("*.abc")):
        for text in re.split(r"\n(?=X:)", path.read_text(encoding="utf-8", errors="replace")):
            field = re.search(r"^K: *([A-G][#b]?) *([A-Za-z]*)", text, re.MULTILINE)
            if field and field[2].lower()[:3] in TUNE_MODES:
                tunes.append((f"{field[1]} {TUNE_MODES[field[2].lower()[:3]]}", text))
    random.Random(TUNE_SEED).shuffle(tunes)
    modal = [tune for tune in tunes[TUNES:] if tune[0].split()[1] in ("mixolydian", "dorian")]
    for song, text in [*tunes[:TUNES], *modal[:MODAL_TUNES]]:
        try:
            score = converter.parse(text, format="abc")
        except Music21Exception:
            continue
        notes = [  # two quarter notes a second; a grace note lasts a little
            Note(float(n.offset) / 2, float(n.offset + max(n.quarterLength, 0.1)) / 2, n.pitch.midi)
            for n in score.flatten().notes
            if n.isNote
        ]
        yield song, encoding.encode(notes, RATE)


if __name__ == "__main__":
    main()
