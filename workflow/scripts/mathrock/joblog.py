"""A job's log: everything printed goes to a file; the terminal gets one line where it matters.

Only the adapters import this module, and its first call comes before heavy imports, so that their
errors land in the log too. Warnings that C libraries write to stderr go to the log as well.
"""

import os
import sys
import traceback
from pathlib import Path

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


def tell(line: str) -> None:
    """Print one line to the log and to the terminal."""
    print(line)
    if _terminal is not None:
        print(line, file=_terminal)


def _report(kind: type[BaseException], error: BaseException, trace) -> None:
    traceback.print_exception(kind, error, trace)
    name = "" if isinstance(error, ValueError) else f"{kind.__name__}: "
    tell(f"{FAILURE}{name}{' '.join(str(error).split())}")


def failures_since(folder: str | Path, time: float) -> list[str]:
    """The last lines of the logs below `folder` written after `time` that say why a job failed."""
    lines = []
    for path in sorted(Path(folder).rglob("*.log")):
        if path.stat().st_mtime >= time:
            *_, last = ["", *path.read_text(encoding="utf-8", errors="replace").splitlines()]
            if last.startswith(FAILURE):
                lines.append(f"{last} (see {path})")
    return lines
