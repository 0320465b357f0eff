"""Refuse a setting in one line: the key's path, what is wrong and what is allowed."""

import difflib
from collections.abc import Iterable


class SettingsError(ValueError):
    """A setting is wrong; the message is one line: the key's path and what is allowed."""

    def __init__(self, problem: object, file: str = "config.yaml"):
        super().__init__(f"{file}: {' '.join(str(problem).splitlines())}")


def one_of(value: str, known: Iterable[str], place: str, kind: str) -> str:
    """Return the value, which stands at `place`, if it is among the known ones.

    Raises:
        SettingsError: the value is unknown; the message suggests the nearest known one.
    """
    known = list(known)
    if value in known:
        return value
    close = difflib.get_close_matches(str(value), known, 1, 0.4)
    listed = ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")
    hint = f"did you mean {close[0]}? " if close else ""
    raise SettingsError(f"{place}: unknown {kind} {value!r}; {hint}there are {listed}")
