"""Groove consistency in odd and changing metres beside what one metre makes of it; the time.

The songs are those of demo/metre_songs.py, whose bars are known; the truth is counted from
their own onsets and bar lines. One metre is a straightforward 4/4, and muspy's where it is
installed, which also gives entropies and scale consistencies to agree with.
"""

import tempfile
import time
from bisect import bisect_right
from importlib.util import find_spec
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from _library import ROOT  # noqa: F401  makes the library importable
from _measure import machine, parser, show, show_json
from mathrock.dataset.sequences import Sequences
from mathrock.demo.math_rock import compose
from mathrock.demo.math_rock_pieces import PIECES
from mathrock.demo.metre_songs import Clock, downbeats, make
from mathrock.evaluation.comparison import compare
from mathrock.evaluation.piece_metrics import metrics_of
from mathrock.evaluation.pieces import Piece
from mathrock.music.bars import to_rows
from mathrock.music.grid import beat_grid, time_grid
from mathrock.music.score import Score
from mathrock.music.score_bars import bars_of
from mathrock.pianoroll.encoding import encode
from mathrock.pianoroll.planes import ONSET
from packing import pack

METRES = ("4/4", "7/8", "5/4", "11/8", "4/4 7/8", "7/8 7/8 5/8 9/8", "5/4 4/4 7/8")
SEEDS, BARS = range(4), 24
RATE, PER_BEAT, FOUR_FOUR = 16, 4, 16  # steps a second, steps a quarter note, sixteenths
COUNTS = (100, 1000)  # songs


def main() -> None:
    given = parser(__doc__).parse_args()
    facts = machine(["numpy", "scipy", *(["muspy"] if find_spec("muspy") else [])])
    rows = [_groove(metre) for metre in METRES]
    agreement = _agreement() if find_spec("muspy") else None
    seconds = _time()
    if given.json:
        result = {"groove_consistency": rows, "largest_difference_to_muspy": agreement}
        show_json({"machine": facts, **result, "seconds": seconds})
        return
    show(facts, list(rows[0]), [list(row.values()) for row in rows])
    if agreement:
        print(f"\nlargest difference to muspy: {agreement}")
    print("\n" + "\n".join(f"{songs} songs: {taken:.1f} s" for songs, taken in seconds.items()))


def _groove(metre: str) -> dict:
    """The mean of several songs' groove consistencies, and how far from the truth others are."""
    songs = [make(metre, bars=BARS, seed=seed) for seed in SEEDS]
    ways = {"on beats": _on_beats, "on seconds": _on_seconds, "one metre": _one_metre}
    if find_spec("muspy"):
        ways["muspy"] = lambda song: _muspy(song)[0]
    true = np.array([_true(song) for song in songs])
    row = {"metre": metre, "songs": len(songs), "true": round(float(true.mean()), 3)}
    for name, way in ways.items():
        off = np.abs(np.array([way(song) for song in songs]) - true)
        row[f"{name}: off by"] = round(float(off.mean()), 3)
    return row


def _true(song: Score) -> float:
    """By the song's own bar lines: each bar beside the last one before it of its metre."""
    clock = Clock(song.tempos)
    lines = [clock.quarters(second) for second in downbeats(song).tolist()]
    ends = [*lines[1:], lines[-1] + 4 * song.metres[-1].numerator / song.metres[-1].denominator]
    struck = [set() for _ in lines]
    for onset in (note.onset for note in song.pitched_notes):
        sixteenth = round(4 * clock.quarters(onset))
        bar = bisect_right(lines, sixteenth / 4 + 1e-3) - 1
        struck[bar].add(sixteenth - round(4 * lines[bar]))
    last, same = {}, []
    for places, begin, end in zip(struck, lines, ends, strict=True):
        length = round(4 * (end - begin))
        if length in last:
            same.append(1 - len(places ^ last[length]) / length)
        last[length] = places
    return float(np.mean(same))


def _on_beats(song: Score) -> float:
    return metrics_of(_piece(song, beat_grid(song.tempos, PER_BEAT)))["groove_consistency"]


def _on_seconds(song: Score) -> float:
    return metrics_of(_piece(song, time_grid(RATE)))["groove_consistency"]


def _piece(song: Score, grid) -> Piece:
    roll = encode(song.pitched_notes, grid)
    rate = len(roll) / grid.seconds(len(roll))
    return Piece("song", roll[:, :, :2] > 0, rate, bars_of(song, grid, len(roll)))


def _one_metre(song: Score) -> float:
    """Bars of 4/4 as they come."""
    struck = _piece(song, beat_grid(song.tempos, PER_BEAT)).roll[:, :, ONSET].any(axis=1)
    bars = struck[: len(struck) // FOUR_FOUR * FOUR_FOUR].reshape(-1, FOUR_FOUR)
    return float(1 - (bars[1:] != bars[:-1]).mean())


def _muspy(song: Score) -> tuple[float, float, float]:
    """Its groove consistency in 4/4, pitch-class entropy and scale consistency."""
    import muspy

    roll = _piece(song, beat_grid(song.tempos, PER_BEAT)).roll
    notes = [muspy.Note(step, pitch, 1) for step, pitch in np.argwhere(roll[:, :, ONSET]).tolist()]
    music = muspy.Music(resolution=PER_BEAT, tracks=[muspy.Track(notes=notes)])
    groove = muspy.groove_consistency(music, FOUR_FOUR)
    return groove, muspy.pitch_class_entropy(music), muspy.scale_consistency(music)


def _agreement() -> dict[str, float]:
    """The largest differences where both measure the same."""
    differences = []
    for song in (make(metre, bars=BARS, seed=seed) for metre in METRES for seed in SEEDS):
        ours = metrics_of(_piece(song, beat_grid(song.tempos, PER_BEAT)))
        _, *theirs = _muspy(song)
        both = zip(("pitch_class_entropy", "scale_consistency"), theirs, strict=True)
        differences.append([abs(ours[name] - value) for name, value in both])
    entropy, scale = np.max(differences, axis=0).tolist()
    return {"pitch_class_entropy": entropy, "scale_consistency": scale}


def _time() -> dict[int, float]:
    """Seconds to compare packed songs, by their number."""
    result = {}
    with tempfile.TemporaryDirectory() as folder:
        paths, grids = [], []
        for name in PIECES:
            song, path = compose(name), Path(folder, f"{name}.npy")
            piece = _piece(song, time_grid(RATE))
            np.save(path, piece.roll)
            paths.append(path)
            grids.append({"steps_per_second": RATE, "bars": to_rows(piece.bars)})
        for count in COUNTS:
            songs = list(map(str, range(count)))
            rolls = {s: (p, "") for s, p in zip(songs, islice(cycle(paths), count), strict=True)}
            known = dict(zip(songs, islice(cycle(grids), count), strict=True))
            pack(rolls, Path(folder, str(count)), RATE, grids=known)
            start = time.perf_counter()
            compare(Sequences(Path(folder, str(count))), [])
            result[count] = round(time.perf_counter() - start, 2)
    return result


if __name__ == "__main__":
    main()
