"""The status of a song: whether it can be used, the reason if not, warnings and measurements.

A song that cannot be used is data, not a failure: its artifacts are empty, its status holds the
reason in a sentence that follows the file's name, and rules that collect songs skip it.
"""

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from mathrock.files.damage import reading
from mathrock.files.json_files import read_json, write_json


@dataclass(frozen=True)
class Status:
    """The status of a song after a rule: `reason` is empty if `ok`, `facts` are measurements."""

    song: str
    path: str
    ok: bool = True
    reason: str = ""
    warnings: tuple[str, ...] = ()
    facts: dict = field(default_factory=dict)

    def failed(self, reason: str) -> "Status":
        """Return a copy for a song that cannot be used for `reason`."""
        return replace(self, ok=False, reason=reason)

    def with_facts(self, **facts) -> "Status":
        """Return a copy with additional facts."""
        return replace(self, facts={**self.facts, **facts})

    def __str__(self) -> str:
        """Format the status as one line: the file, the reason or "ok", and the warnings."""
        return f"{self.path}: {'; '.join([self.reason or 'ok', *self.warnings])}"


def read_status(path: str | Path) -> Status:
    """Read a status that `write_status` wrote."""
    values = read_json(path)
    with reading(path):
        return Status(**{**values, "warnings": tuple(values["warnings"])})


def write_status(path: str | Path, status: Status) -> None:
    """Write a status as JSON, whole or not at all."""
    write_json(path, asdict(status))
