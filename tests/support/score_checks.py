"""What must hold of any file that lies among the songs: its jobs end, with a score or a reason."""

import traceback
from math import inf, isfinite
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from mathrock.files import limits
from mathrock.formats.errors import ScoreError
from mathrock.formats.midi.reader import read_score
from mathrock.formats.readers import read_file
from mathrock.music.score import NO_PROGRAM, Score
from mathrock.pianoroll.song_encoding import encode_song
from mathrock.song_rules import import_score
from mathrock.songs.song import Song
from mathrock.songs.status import read_status

LONGEST_REASON = 200  # letters
GRID = {"steps_per_second": 16, "steps_per_beat": 12, "least_confidence": 0.5}


def check_song(path: Path, ending: str) -> str:
    """Run the jobs of a song; return why it cannot be used, or "" for a song.

    Raises:
        AssertionError: a reader forgot something, or made what no song is.
        Exception: a job failed.
    """
    try:
        score, warnings = read_file(path, ending)
    except ScoreError as error:
        check_reason(error)
    else:
        check_sentences(warnings)
        check_score(score)
    return _run_jobs(path, ending)


def check_reason(error: ScoreError) -> None:
    """Check that a reader refuses a file in a sentence, and for a reason that it knows."""
    check_sentences([str(error)])
    if (cause := error.__cause__) and str(error).startswith(
        f"can't be read: {type(cause).__name__}"
    ):
        where = traceback.extract_tb(cause.__traceback__)[-1]
        raise AssertionError(
            f"{type(cause).__name__} {cause} at {Path(where.filename).name}:{where.lineno}"
        )


def check_sentences(sentences) -> None:
    """Check that each is one line without control characters that follows a file's name."""
    for text in sentences:
        assert text.isprintable(), f"unprintable: {text!r}"
        assert 0 < len(text) <= LONGEST_REASON, f"{len(text)} letters: {text[:300]}"


def check_score(score: Score) -> None:
    """Check that a score has sensible times, and numbers as MIDI has them, within the limits."""
    for part in score.parts:
        assert NO_PROGRAM <= part.program <= 127, f"program {part.program}"
        assert isinstance(part.name, str)
        for onset, offset, pitch, velocity in part.notes:
            assert 0 <= onset < offset < inf, f"a note from {onset} to {offset}"
            assert pitch in range(128), f"pitch {pitch}"
            assert velocity in range(128), f"velocity {velocity}"
    for line in (score.tempos, score.metres):
        times = [event.time for event in line]
        assert times == sorted(times), "times in disorder"
        assert all(map(isfinite, times)), "a time that is no number"
    assert all(isfinite(bpm) and bpm > 0 for _, bpm in score.tempos), f"tempos {score.tempos[:9]}"
    assert all(min(metre) > 0 for _, *metre in score.metres), f"metres {score.metres[:9]}"
    assert score.duration <= limits.MAX_SCORE_SECONDS
    assert len(score.parts) <= limits.MAX_PARTS
    assert sum(len(part.notes) for part in score.parts) <= limits.MAX_NOTES


def _run_jobs(path: Path, ending: str) -> str:
    """Import a file as a song, and encode what was written."""
    folder = path.parent / "made"
    names = {"midi": "a.mid", "beats": "beats.tsv", "hits": "hits.tsv", "status": "status.json"}
    song = Song("a", str(path), "none", ending)._asdict()
    job = SimpleNamespace(
        params=SimpleNamespace(song=song),
        input=SimpleNamespace(song=str(path)),
        output=SimpleNamespace(**{key: folder / name for key, name in names.items()}),
    )
    import_score.run(job, lambda line: None)
    written, status = read_score(folder / "a.mid"), read_status(folder / "status.json")
    check_score(written)
    for kind in ("time", "beat"):
        roll, encoded = encode_song(written, status, kind, **GRID)
        assert status.ok == bool(np.any(roll)), "a song without notes, or notes without a song"
        assert encoded.ok == status.ok
    return status.reason
