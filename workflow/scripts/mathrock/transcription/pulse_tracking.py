"""The eighths of a song: where a regular pulse runs, however the tempo drifts.

The most likely path through a hidden Markov model whose states are the place between two pulses
and the tempo, as in Krebs, Böck and Widmer ("An Efficient State-Space Model for Joint Tempo and
Meter Tracking", ISMIR 2015); as nothing happens between pulses, only pulses are states here. The
pulse is the eighth, not the beat: in 7/8 or where metres change it is what goes on evenly.
"""

import numpy as np

from mathrock.audio.mel_spectrogram import FRAMES_PER_SECOND

SLOWEST, FASTEST = 36.0, 240.0  # quarter notes a minute
FINER = 2  # places a frame that a pulse may stand in
USUAL, SPREAD = 115.0, 0.7  # quarter notes a minute, and octaves: the tempo that a song begins in
LIFT = 1.5  # log-odds: half a chance that there is a pulse is too much to ask for
CERTAIN = 6.0  # log-odds; beyond, one frame would outweigh all others
DRIFT, JUMP = 2.0, 100.0  # nats of the least change of tempo, and of one by a factor of e
_RATE = FRAMES_PER_SECOND * FINER
_SMOOTH = 2  # pulses on either side that a pulse's time is smoothed with


def find_pulses(eighths: np.ndarray) -> np.ndarray:
    """Places of the pulses, in frames, float64 (n,), from the log-odds of an eighth (frames,).

    The first and last are within an eighth of the song's ends: silence is counted through.
    """
    count = len(eighths) * FINER
    odds = np.interp(np.arange(count) / FINER, np.arange(len(eighths)), eighths)
    odds = np.clip(odds + LIFT, -CERTAIN, CERTAIN)
    hit, miss = -np.logaddexp(0, -odds), -np.logaddexp(0, odds) / FINER
    places = _likeliest_path(hit, np.concatenate([[0.0], np.cumsum(miss)]))
    return _smoothed(_sharpened(places / FINER, eighths))


def _likeliest_path(hit: np.ndarray, missed: np.ndarray) -> np.ndarray:
    """Viterbi: the places, int (n,), of the pulses.

    Args:
        hit: log-likelihood of a pulse at each place.
        missed: that of no pulse at all places before, (places + 1,).
    """
    steps = np.arange(round(30 * _RATE / FASTEST), round(30 * _RATE / SLOWEST) + 1)
    kinds, longest, count = np.arange(len(steps)), int(steps[-1]), len(hit)
    change, usual = _tempo_changes(steps)
    # What a pulse at one of the last places is worth to one `steps` later, and where it came from.
    worth = np.full((longest + 1, len(steps)), -np.inf)
    came_from = np.zeros((count, len(steps)), np.uint8)
    begins = np.zeros((min(count, longest + 1), len(steps)), np.bool_)
    best, end = -np.inf, (0, 0)
    for place in range(count):
        last = place - steps
        score = worth[last % (longest + 1), kinds] + missed[place]
        score -= missed[np.maximum(last, -1) + 1]
        score[last < 0] = -np.inf
        if place < len(begins):
            fresh = missed[place] + usual
            begins[place] = fresh > score
            score = np.maximum(score, fresh)
        score += hit[place]
        arriving = score + change
        came_from[place] = arriving.argmax(axis=1)
        worth[place % (longest + 1)] = arriving[kinds, came_from[place]]
        if place >= count - longest:
            whole = score.max() + missed[-1] - missed[place + 1]
            if whole > best:
                best, end = whole, (place, int(score.argmax()))
    place, kind = end
    path = [place]
    while not (place < len(begins) and begins[place, kind]):
        before = place - int(steps[kind])
        kind = int(came_from[before, kind])
        place = before
        path.append(place)
    return np.array(path[::-1])


def _tempo_changes(steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log-likelihoods: of one tempo after another, (to, from), and of a song's first, (tempos,)."""
    apart = np.abs(np.log(steps[:, None] / steps))
    change = -JUMP * apart
    is_next = np.abs(steps[:, None] - steps) == 1
    change[is_next] = np.maximum(change[is_next], -DRIFT)
    octaves = np.log2(30 * _RATE / steps / USUAL)
    return change, -0.5 * (octaves / SPREAD) ** 2


def _sharpened(places: np.ndarray, eighths: np.ndarray) -> np.ndarray:
    """Move each pulse to the top of a peak that is within a frame or two of it."""
    padded = np.pad(eighths, 3, constant_values=-CERTAIN)
    near = np.rint(places).astype(np.int64)[:, None] + np.arange(-2, 3) + 3
    top = np.take_along_axis(near, padded[near].argmax(axis=1)[:, None], axis=1)[:, 0]
    before, here, after = padded[top - 1], padded[top], padded[top + 1]
    bend = np.minimum(before - 2 * here + after, -1e-6)
    shift = np.clip(0.5 * (before - after) / bend, -0.5, 0.5)
    is_peak = (here >= before) & (here >= after) & (here > -LIFT)
    return np.where(is_peak, top - 3 + shift, places)


def _smoothed(places: np.ndarray) -> np.ndarray:
    """Each pulse where its neighbours say, too: what single pulses err by is shared out."""
    if len(places) <= _SMOOTH:
        return places.astype(np.float64)
    ahead = np.arange(1, _SMOOTH + 1)
    first = places[0] - ahead[::-1] * (places[1] - places[0])
    last = places[-1] + ahead * (places[-1] - places[-2])
    kernel = _SMOOTH + 1 - np.abs(np.arange(-_SMOOTH, _SMOOTH + 1))
    return np.convolve(np.concatenate([first, places, last]), kernel / kernel.sum(), "valid")
