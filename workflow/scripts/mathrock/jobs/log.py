"""Write a job's log: a file gets all that is printed, the terminal a line where it matters.

Only the adapters import this module, and its first call comes before heavy imports, so that their
errors land in the log too. Warnings that C libraries write to stderr go to the log as well.
"""

import errno
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path

from mathrock.files.atomic import DiskFull, is_full

FAILURE = "Error: "
_terminal = None


def log_to(path: str) -> None:
    """Send stdout and stderr, Python's and C's, to `path`; failures to `path` and the terminal."""
    global _terminal
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    if _terminal is None:
        _terminal = os.fdopen(os.dup(2), "w", buffering=1)
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    sys.stdout = os.fdopen(os.dup(1), "w", buffering=1)
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1)
    sys.excepthook = _report


def log_line(line: str) -> None:
    """Print one line to the log and to the terminal."""
    print(line)
    if _terminal is not None:
        print(line, file=_terminal)


def _report(kind: type[BaseException], error: BaseException, trace) -> None:
    line = f"{FAILURE}{_reason(kind, error)}"
    if _terminal is not None:
        print(line, file=_terminal)
    with suppress(OSError):  # a full disk takes no log either
        traceback.print_exception(kind, error, trace)
        print(line)


def _reason(kind: type[BaseException], error: BaseException) -> str:
    if issubclass(kind, KeyboardInterrupt):
        return "interrupted: run again to go on"
    if getattr(error, "errno", None) == errno.ENOSPC:
        return "the disk is full: free space and run again"
    is_in_words = issubclass(kind, ValueError | DiskFull)
    return f"{'' if is_in_words else f'{kind.__name__}: '}{' '.join(str(error).split())}"


def failures(logs: dict[str, str]) -> list[str]:
    """Read why jobs failed, a line each, in the last lines of their logs.

    Args:
        logs: {path: the job's name}, of jobs that did not come to their end. One whose log is not
            there has not begun.
    """
    lines = []
    for path, job in sorted(logs.items()):
        if Path(path).is_file():
            *_, last = ["", *Path(path).read_text("utf-8", "replace").splitlines()]
            if not last.startswith(FAILURE):
                last = f"{FAILURE}{job} {_why_silent(path)}"
            lines.append(f"{last} (see {path})")
    return lines


def _why_silent(log: str) -> str:
    """Say what may have ended a job whose log does not say it."""
    if is_full(Path(log).parent):
        return "could not go on, the disk is full: free space and run again"
    return (
        "ended without a word, as jobs do that are killed, most often for want of memory: run"
        " again, with fewer --cores if need be"
    )
