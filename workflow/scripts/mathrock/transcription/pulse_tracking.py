"""Track the pulse of a song, its eighths, through changes of tempo.

The pulses are the most likely path through a hidden Markov model whose states are the position
between two pulses and the tempo, as in Krebs, Böck and Widmer ("An Efficient State-Space Model for
Joint Tempo and Meter Tracking", ISMIR 2015); as nothing happens between pulses, only pulses are
states here. The pulse is the eighth, not the beat, because eighths stay even in 7/8 and where
metres change.
"""

import numpy as np

from mathrock.audio.mel_spectrogram import FRAMES_PER_SECOND

SLOWEST, FASTEST = 36.0, 240.0  # quarter notes a minute
POSITIONS_PER_FRAME = 2  # possible positions of a pulse in each frame
USUAL_TEMPO, TEMPO_SPREAD = 115.0, 0.7  # prior of the first tempo: quarter notes a minute, octaves
PULSE_BIAS = 1.5  # log-odds: a pulse is likely at activations well below 0.5
MAX_LOG_ODDS = 6.0  # beyond, one frame would outweigh all others
DRIFT_COST, JUMP_COST = 2.0, 100.0  # nats of the least change of tempo, and of one by a factor of e
_RATE = FRAMES_PER_SECOND * POSITIONS_PER_FRAME
_SMOOTH = 2  # pulses on either side that a pulse's time is smoothed with


def track_pulses(eighths: np.ndarray) -> np.ndarray:
    """Track pulses, in frames, float64 (n,), from the log-odds of an eighth in each frame.

    Pulses continue through silence: the first and last are within an eighth of the song's ends.
    """
    count = len(eighths) * POSITIONS_PER_FRAME
    log_odds = np.interp(np.arange(count) / POSITIONS_PER_FRAME, np.arange(len(eighths)), eighths)
    log_odds = np.clip(log_odds + PULSE_BIAS, -MAX_LOG_ODDS, MAX_LOG_ODDS)
    hit, miss = -np.logaddexp(0, -log_odds), -np.logaddexp(0, log_odds) / POSITIONS_PER_FRAME
    positions = _likeliest_path(hit, np.concatenate([[0.0], np.cumsum(miss)]))
    return _smooth(_move_to_peaks(positions / POSITIONS_PER_FRAME, eighths))


def _likeliest_path(hit: np.ndarray, missed: np.ndarray) -> np.ndarray:
    """Find the most likely positions of the pulses, int (n,), by the Viterbi algorithm.

    Args:
        hit: log-likelihood of a pulse at each position.
        missed: log-likelihood of no pulse at all positions before, (positions + 1,).
    """
    steps = np.arange(round(30 * _RATE / FASTEST), round(30 * _RATE / SLOWEST) + 1)
    tempos, longest, count = np.arange(len(steps)), int(steps[-1]), len(hit)
    change, usual = _tempo_changes(steps)
    # By position and tempo (`steps` to the next pulse): best score up to a pulse, and its tempo.
    scores = np.full((longest + 1, len(steps)), -np.inf)
    came_from = np.zeros((count, len(steps)), np.uint8)
    begins = np.zeros((min(count, longest + 1), len(steps)), np.bool_)
    best, end = -np.inf, (0, 0)
    for position in range(count):
        last = position - steps
        score = scores[last % (longest + 1), tempos] + missed[position]
        score -= missed[np.maximum(last, -1) + 1]
        score[last < 0] = -np.inf
        if position < len(begins):
            fresh = missed[position] + usual
            begins[position] = fresh > score
            score = np.maximum(score, fresh)
        score += hit[position]
        arriving = score + change
        came_from[position] = arriving.argmax(axis=1)
        scores[position % (longest + 1)] = arriving[tempos, came_from[position]]
        if position >= count - longest:
            whole = score.max() + missed[-1] - missed[position + 1]
            if whole > best:
                best, end = whole, (position, int(score.argmax()))
    position, tempo = end
    path = [position]
    while not (position < len(begins) and begins[position, tempo]):
        before = position - int(steps[tempo])
        tempo = int(came_from[before, tempo])
        position = before
        path.append(position)
    return np.array(path[::-1])


def _tempo_changes(steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Make the log-likelihoods of changes of tempo, (to, from), and of first tempos, (tempos,)."""
    apart = np.abs(np.log(steps[:, None] / steps))
    change = -JUMP_COST * apart
    is_next = np.abs(steps[:, None] - steps) == 1
    change[is_next] = np.maximum(change[is_next], -DRIFT_COST)
    octaves = np.log2(30 * _RATE / steps / USUAL_TEMPO)
    return change, -0.5 * (octaves / TEMPO_SPREAD) ** 2


def _move_to_peaks(positions: np.ndarray, eighths: np.ndarray) -> np.ndarray:
    """Move each pulse to the top of a peak within two frames of it."""
    padded = np.pad(eighths, 3, constant_values=-MAX_LOG_ODDS)
    near = np.rint(positions).astype(np.int64)[:, None] + np.arange(-2, 3) + 3
    top = np.take_along_axis(near, padded[near].argmax(axis=1)[:, None], axis=1)[:, 0]
    before, here, after = padded[top - 1], padded[top], padded[top + 1]
    bend = np.minimum(before - 2 * here + after, -1e-6)
    shift = np.clip(0.5 * (before - after) / bend, -0.5, 0.5)
    is_peak = (here >= before) & (here >= after) & (here > -PULSE_BIAS)
    return np.where(is_peak, top - 3 + shift, positions)


def _smooth(positions: np.ndarray) -> np.ndarray:
    """Smooth the times of pulses by their neighbours: errors of single pulses average out."""
    if len(positions) <= _SMOOTH:
        return positions.astype(np.float64)
    ahead = np.arange(1, _SMOOTH + 1)
    first = positions[0] - ahead[::-1] * (positions[1] - positions[0])
    last = positions[-1] + ahead * (positions[-1] - positions[-2])
    kernel = _SMOOTH + 1 - np.abs(np.arange(-_SMOOTH, _SMOOTH + 1))
    return np.convolve(np.concatenate([first, positions, last]), kernel / kernel.sum(), "valid")
