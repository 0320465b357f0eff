"""A song's notes on its grid: of beats where they can be trusted, else of seconds."""

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
    """The roll, and the status with what is needed to read it alone, as the fact `grid`.

    There `steps_per_second` is the mean over the song and `steps_per_beat` None on a grid of
    seconds; `tempos` and `metres` are those that the notes came with. `bars`, see `bars`, are given
    where the beats can be trusted, on either grid, and are [] elsewhere.

    Args:
        status: its `beat_confidence`, 0 where it says nothing, decides.
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
    steps = steps_with_notes(roll)  # what models learn does not depend on drums alone
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
