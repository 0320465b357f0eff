"""The readers of scores: one table for songs, references and riffs."""

import traceback
from dataclasses import replace
from math import ceil
from pathlib import Path

from mathrock.files.limits import (
    MAX_BARS,
    MAX_BEATS,
    MAX_NOTES,
    MAX_PARTS,
    MAX_SCORE_BYTES,
    MAX_SCORE_SECONDS,
    MAX_XML_BYTES,
)
from mathrock.formats.abc.tune import read_abc
from mathrock.formats.errors import ScoreError
from mathrock.formats.midi.reader import read_midi
from mathrock.formats.musicxml.reader import read_musicxml
from mathrock.music.grid import beat_grid
from mathrock.music.parts import merge_parts
from mathrock.music.score import Score
from mathrock.music.score_bars import bars_of


def _read_midi(data: bytes) -> tuple[Score, tuple[str, ...]]:
    """Read MIDI; a part begins with each program, so a sound file may have hundreds: merge them."""
    score, warnings = read_midi(data)
    if len(score.parts) > MAX_PARTS:
        score = replace(score, parts=merge_parts(score.parts))
    return score, warnings


def _read_guitar_pro(data: bytes) -> tuple[Score, tuple[str, ...]]:
    from mathrock.formats.guitar_pro.reader import read_guitar_pro  # here: few files need it

    return read_guitar_pro(data)


READERS = {
    **dict.fromkeys(("mid", "midi", "kar", "rmi"), _read_midi),
    "abc": read_abc,
    **dict.fromkeys(("musicxml", "mxl", "xml"), read_musicxml),
    **dict.fromkeys(("gp3", "gp4", "gp5", "gpx", "gp"), _read_guitar_pro),
}


def read_file(path: str | Path, form: str) -> tuple[Score, tuple[str, ...]]:
    """Read a file as a score, with warnings, by the reader of its ending.

    A part whose instrument the file does not give has the program `NO_PROGRAM`; a note whose
    loudness it does not give has the velocity `NO_VELOCITY` (see `music/score`).

    Args:
        form: the file's ending, a key of `READERS`.

    Raises:
        ScoreError: the file cannot be used. So does any other error of a reader, whose traceback is
            printed.
    """
    try:
        most = MAX_XML_BYTES if READERS[form] is read_musicxml else MAX_SCORE_BYTES
        score, warnings = READERS[form](_read_bytes(Path(path), most))
    except ScoreError:
        raise
    except Exception as error:
        traceback.print_exc()
        message = " ".join(f"{type(error).__name__} {error}".split())[:120]
        raise ScoreError(f"can't be read: {message}") from error
    _check_limits(score)
    return score, warnings


def _check_limits(score: Score) -> None:
    if (notes := sum(len(part.notes) for part in score.parts)) > MAX_NOTES:
        raise ScoreError(f"has {notes} notes, more than {MAX_NOTES}")
    if len(score.parts) > MAX_PARTS:
        raise ScoreError(f"has {len(score.parts)} parts, more than {MAX_PARTS}")
    if (seconds := score.duration) > MAX_SCORE_SECONDS:
        most = MAX_SCORE_SECONDS // 60
        raise ScoreError(f"lasts {seconds / 60:.0f} minutes, more than {most}")
    clock = beat_grid(score.tempos, 1)
    if (beats := clock.steps(seconds)) > MAX_BEATS:
        raise ScoreError(f"counts {beats:.0f} quarter notes, more than {MAX_BEATS}")
    bars = len(bars_of(score, clock, ceil(beats))) if score.metres else 0
    if bars > MAX_BARS:
        raise ScoreError(f"has {bars} bars, more than {MAX_BARS}")


def _read_bytes(path: Path, most: int) -> bytes:
    if not path.is_file():
        raise ScoreError("is not a regular file" if path.exists() else "is missing")
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except PermissionError:
        raise ScoreError("can't be read: permission denied") from None
    if not data:
        raise ScoreError("is empty (0 bytes)")
    if len(data) > most:
        raise ScoreError(f"is larger than {most // 1_000_000} MB")
    return data
