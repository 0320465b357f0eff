"""Encode a song as a roll, on a beat grid if its beats can be trusted, else on a time grid."""

from dataclasses import replace

import numpy as np

from mathrock.music.bars import to_rows
from mathrock.music.grid import beat_grid, time_grid
from mathrock.music.score import Score
from mathrock.music.score_bars import bars_of
from mathrock.pianoroll.encoding import encode
from mathrock.pianoroll.performance import steps_with_notes
from mathrock.pianoroll.planes import PITCHES, ROLL_PLANES
from mathrock.songs.status import Status


def encode_song(
    score: Score,
    status: Status,
    kind: str,
    steps_per_second: float,
    steps_per_beat: int,
    least_confidence: float,
) -> tuple[np.ndarray, Status]:
    """Encode a song as a roll, and add the fact `grid`, which describes the roll, to its status.

    In this fact, `steps_per_second` is the mean over the song, `steps_per_beat` is None on a time
    grid, `tempos` and `metres` are the score's, and `bars` (rows as in `music/bars`) are [] if the
    beats cannot be trusted.

    Args:
        status: its fact `beat_confidence` (0 if missing) decides whether the beats are trusted.
        kind, steps_per_second, steps_per_beat, least_confidence: see `grid` in config.yaml.
    """
    confidence = status.facts.get("beat_confidence", 0)
    has_beats = "metre" in status.facts
    trusted = status.ok and has_beats and confidence >= least_confidence
    on_beats = kind == "beat" and trusted
    grid = beat_grid(score.tempos, steps_per_beat) if on_beats else time_grid(steps_per_second)
    roll = encode(score.pitched_notes, grid, score.drum_hits)
    if kind == "beat" and status.ok and not trusted:
        sure = f"confidence {confidence:.3f}, grid.least_confidence is {least_confidence:g}"
        warning = f"its beats can't be trusted ({sure}): on the time grid instead"
        warnings = (*status.warnings, warning)
        status = replace(status, warnings=warnings)
    steps = steps_with_notes(roll)  # a song for models ends with its notes, not with its drums
    facts = {
        "kind": "beat" if on_beats else "time",
        "steps_per_second": steps / grid.seconds(steps) if on_beats and steps else steps_per_second,
        "steps_per_beat": steps_per_beat if on_beats else None,
        "pitches": [0, PITCHES - 1],
        "planes": list(ROLL_PLANES),
        "tempos": [list(tempo) for tempo in score.tempos],
        "metres": [list(metre) for metre in score.metres],
        "bars": to_rows(bars_of(score, grid, steps)) if trusted else [],
    }
    return roll, status.with_facts(grid=facts)
