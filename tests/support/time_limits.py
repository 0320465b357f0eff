"""Limits of time that stop a block within this process."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class Overtime(BaseException):
    """A limit of time is over; no `except Exception` hides it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `Overtime` in the block when it has used so many seconds of a core."""

    def stop(*_):
        raise Overtime(f"takes more than {seconds:g} s of a core")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
