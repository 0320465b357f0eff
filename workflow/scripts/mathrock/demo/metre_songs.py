"""Small songs in any metre whose beats, bars and tempos are known, and their sound.

The project's composer writes them in strict time; silence before the first bar and a tempo that
changes or drifts come afterwards. The Score that results is the truth: its `tempos` and `metres`
hold for every note, within the player's deviations of 4 ms.
"""

import math
import tempfile
from bisect import bisect_right
from functools import cache
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from mathrock.demo import math_rock
from mathrock.demo.math_rock_pieces import Piece, Riff
from mathrock.formats.midi.writer import write_score
from mathrock.music.score import Score, Tempo
from mathrock.rendering.synthesis import Synth, open_synth, play, read_midi

SAMPLE_RATE = 22050
# How the eighths of a bar are counted; other metres are counted in twos, the last group in three.
GROUPS = {"6/8": [3, 3], "12/8": [3, 3, 3, 3], "11/8": [3, 3, 3, 2], "5/4": [3, 3, 2, 2]}
GROUPS |= {"5/8": [3, 2]}
SHAPES, TEXTURES = ("9", "11", "6/9", "add9"), ("hocket", "call")
FORM = "AABBABCCABCB"
RUBATO_QUARTERS = 22.0  # from one slow place to the next
SLACK = 0.02  # quarter notes by which a player may be early


def groups_of(metre: str) -> list[int]:
    """Split a bar into accent groups in eighths: "7/8" gives [2, 2, 3]."""
    numerator, denominator = map(int, metre.split("/"))
    eighths = numerator * 8 // denominator
    twos = [2] * (eighths // 2)
    return GROUPS.get(metre, [*twos[:-1], 3] if eighths % 2 else twos)


def make(
    metre: str = "7/8",
    bpm: float = 140.0,
    bars: int = 24,
    drums: bool = True,
    seed: int = 0,
    key: str | None = None,
    silence: float = 0.0,
    then_bpm: float | None = None,
    rubato: float = 0.0,
    seconds: float | None = None,
) -> Score:
    """Compose a song; the same arguments give the same Score.

    Args:
        metre: of all bars, "5/4", or of one after another, "7/8 7/8 5/8 9/8", over and over.
        bpm: quarter notes a minute.
        bars: how many, rounded up to whole riffs of 4 bars; then a last chord is held.
        key: "D lydian", as in `demo/math_rock_pieces`; None: the seed draws one.
        silence: seconds before the first bar; the Score counts them as whole bars.
        then_bpm: quarter notes a minute from the bar line nearest to the middle on.
        rubato: share by which the tempo drifts up and down, such as 0.08.
        seconds: what the song is cut down to, with as many bars as that takes; instead of `bars`.
    """
    rng = np.random.default_rng(seed)
    metres = metre.split()
    if seconds is not None:
        fastest = max(bpm, then_bpm or 0) * (1 + rubato)
        quarters = sum(sum(groups_of(one)) for one in metres) / 2 / len(metres)
        bars = math.ceil((seconds - silence) * fastest / 60 / quarters)
    piece = _piece(metres, bars, bpm, drums, key, rng)
    score = math_rock.compose_piece(piece, np.random.default_rng([seed, 0]))
    score = _bent(score, bpm, then_bpm, rubato, rng)
    score = _later(score, silence) if silence else score
    return score if seconds is None else cut(score, seconds)


def sound(score: Score, soundfont: str | Path, sample_rate: int = SAMPLE_RATE) -> np.ndarray:
    """Play a song with the project's own synthesiser: mono float32, (n,), its peak at 0.9."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "song.mid")
        write_score(path, score)
        samples, _ = play(read_midi(path), _synth(soundfont, sample_rate), sample_rate)
    mono = samples.mean(axis=1)
    return mono * np.float32(0.9 / max(1e-9, float(np.abs(mono).max())))


@cache
def _synth(soundfont: str | Path, sample_rate: int) -> Synth:
    return open_synth(soundfont, sample_rate)


def downbeats(score: Score) -> np.ndarray:
    """Seconds at which bars begin, from the first note's bar on until the last note is struck."""
    return _places(score, lambda metre: [0])


def accents(score: Score) -> np.ndarray:
    """Likewise, of the accent groups: what a foot taps, such as three a bar of 7/8."""
    return _places(score, lambda metre: np.cumsum([0, *groups_of(metre)[:-1]]) / 2)


def quarters(score: Score) -> np.ndarray:
    """Likewise, of the quarter notes, counted through: in 7/8 every other bar begins off them."""
    clock = Clock(score.tempos)
    begin, last = clock.quarters(downbeats(score)[0]), clock.quarters(_reach(score)[1])
    return np.array([clock.seconds(count) for count in np.arange(begin, last + SLACK)])


def cut(score: Score, seconds: float) -> Score:
    """Cut a song off after `seconds`."""
    parts = [
        part._replace(
            notes=[
                note._replace(offset=min(note.offset, seconds))
                for note in part.notes
                if note.onset < seconds
            ]
        )
        for part in score.parts
    ]
    tempos = tuple(tempo for tempo in score.tempos if tempo.time < seconds)
    metres = tuple(metre for metre in score.metres if metre.time < seconds)
    return Score(parts, tempos, metres, score.title)


class Clock:
    """Seconds and quarter notes under a tempo map that begins at 0: the check of `music/grid`."""

    def __init__(self, tempos: tuple[Tempo, ...]):
        self._seconds, self._speeds = [t.time for t in tempos], [t.bpm / 60 for t in tempos]
        passed = np.diff(self._seconds) * self._speeds[:-1]
        self._quarters = [0.0, *np.cumsum(passed).tolist()]

    def quarters(self, seconds: float) -> float:
        """Convert seconds to quarter notes."""
        i = max(0, bisect_right(self._seconds, seconds) - 1)
        return self._quarters[i] + (seconds - self._seconds[i]) * self._speeds[i]

    def seconds(self, quarters: float) -> float:
        """Convert quarter notes to seconds."""
        i = max(0, bisect_right(self._quarters, quarters) - 1)
        return self._seconds[i] + (quarters - self._quarters[i]) / self._speeds[i]


def _piece(metres: list[str], bars: int, bpm: float, drums: bool, key: str | None, rng) -> Piece:
    """Three riffs of 4 bars, or of as many as there are metres, in a form of `bars` bars."""
    if key is None:
        key = f"{rng.choice(list(math_rock.TONICS))} {rng.choice(list(math_rock.MODES))}"
    length = len(metres) * math.ceil(4 / len(metres))
    plan = [(groups_of(metre), int(metre.split("/")[1])) for metre in islice(cycle(metres), length)]
    riffs = {}
    for letter, root in zip("ABC", (1, 4, 6), strict=True):
        degrees = [root, *rng.integers(1, 8, length - 1)]
        chords = [f"{degree}:{rng.choice(SHAPES)}" for degree in degrees]
        riffs[letter] = Riff(str(rng.choice(TEXTURES)), plan, chords)
    letters = islice(cycle(FORM), max(1, math.ceil(bars / length)))
    form = " ".join(f"{letter}{rng.choice(['', '', chr(39)])}" for letter in letters)
    return Piece(f"{' '.join(metres)} at {bpm:g}", key, f"@{bpm!r} {form}", riffs, drums)


def _bent(score: Score, bpm: float, then_bpm: float | None, rubato: float, rng) -> Score:
    """The score, written at `bpm` throughout, under a tempo that changes once or drifts."""
    end = max(note.offset for part in score.parts for note in part.notes) * bpm / 60
    count = math.ceil(end) + 1
    speeds = np.full(count, float(bpm))
    if then_bpm is not None:
        lines = _bar_lines(score) * bpm / 60
        change = round(2 * lines[np.argmin(np.abs(lines - end / 2))])
        eighths = np.arange(2 * count) >= change  # bars may begin between two quarter notes
        speeds = np.where(eighths, then_bpm, np.repeat(speeds, 2))
    per_quarter = len(speeds) // count
    if rubato:
        phases = 2 * math.pi * (np.arange(len(speeds)) / per_quarter / RUBATO_QUARTERS)
        swing = np.sin(phases + rng.uniform(0, 6)) + 0.4 * np.sin(2.7 * phases + rng.uniform(0, 6))
        speeds = speeds * (1 + rubato * swing / 1.4)
    starts = np.concatenate([[0.0], np.cumsum(60 / speeds / per_quarter)])
    changes = [0, *(1 + np.flatnonzero(np.diff(speeds)))]
    tempos = tuple(Tempo(float(starts[i]), float(speeds[i])) for i in changes)
    clock = Clock(tempos)
    return _moved(score, lambda time: clock.seconds(time * bpm / 60), tempos)


def _later(score: Score, silence: float) -> Score:
    """The score after `silence` seconds, which a tempo of their own makes whole bars."""
    metre, bpm = score.metres[0], score.tempos[0].bpm
    bar = metre.numerator * 4 / metre.denominator
    waiting = Tempo(0.0, max(1, round(silence * bpm / 60 / bar)) * bar * 60 / silence)
    tempos = (waiting, *(tempo._replace(time=tempo.time + silence) for tempo in score.tempos))
    moved = _moved(score, lambda time: time + silence, tempos)
    first = moved.metres[0]._replace(time=0.0)
    return Score(moved.parts, tempos, (first, *moved.metres[1:]), moved.title)


def _moved(score: Score, at, tempos: tuple[Tempo, ...]) -> Score:
    """The score with each time taken to `at(time)`."""
    parts = [
        part._replace(
            notes=[
                note._replace(onset=at(note.onset), offset=at(note.offset)) for note in part.notes
            ]
        )
        for part in score.parts
    ]
    metres = tuple(metre._replace(time=at(metre.time)) for metre in score.metres)
    return Score(parts, tempos, metres, score.title)


def _bar_lines(score: Score) -> np.ndarray:
    """Seconds at which bars begin, from 0 to the last note's onset."""
    return _lines(score, lambda metre: [0])[:, 0]


def _lines(score: Score, places) -> np.ndarray:
    """Seconds of `places(metre)`, in quarter notes from the bar line, and of their bar lines."""
    clock = Clock(score.tempos)
    last = clock.quarters(_reach(score)[1])
    starts = [clock.quarters(metre.time) for metre in score.metres]
    found = []
    for metre, start, end in zip(score.metres, starts, [*starts[1:], last + SLACK], strict=True):
        bar = metre.numerator * 4 / metre.denominator
        spelt = f"{metre.numerator}/{metre.denominator}"
        for line in np.arange(start, end - 0.01, bar):
            found += [
                (clock.seconds(line + place), clock.seconds(line))
                for place in places(spelt)
                if line + place <= last + SLACK
            ]
    return np.array(found)


def _places(score: Score, places) -> np.ndarray:
    lines = _lines(score, places)
    first = _reach(score)[0]
    begin = lines[lines[:, 1] <= first + SLACK, 1].max()
    return lines[lines[:, 1] >= begin, 0]


def _reach(score: Score) -> tuple[float, float]:
    """Onsets of the first note and of the last."""
    onsets = [note.onset for part in score.parts for note in part.notes]
    return min(onsets), max(onsets)
