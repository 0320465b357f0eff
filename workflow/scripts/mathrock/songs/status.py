"""What became of a song: usable or not, why, and what was noticed on the way.

A song that cannot be used is data, not a failure: its artifacts are empty, its status says the
reason in a sentence that follows the file's name, and what gathers the songs skips it.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from mathrock.files.atomic import write_text


@dataclass(frozen=True)
class Status:
    """A song's state after a step: `reason` is empty while `ok`, `facts` are measurements."""

    song: str
    path: str
    ok: bool = True
    reason: str = ""
    warnings: tuple[str, ...] = ()
    facts: dict = field(default_factory=dict)

    def failed(self, reason: str) -> "Status":
        """The same song, not usable for `reason`."""
        return replace(self, ok=False, reason=reason)

    def with_facts(self, **facts) -> "Status":
        """The same song, of which more is known."""
        return replace(self, facts={**self.facts, **facts})

    def __str__(self) -> str:
        """One line: the file and why it cannot be used, or what was noticed."""
        return f"{self.path}: {'; '.join([self.reason or 'ok', *self.warnings])}"


def read_status(path: str | Path) -> Status:
    """Read what `write_status` wrote."""
    values = json.loads(Path(path).read_text(encoding="utf-8"))
    return Status(**{**values, "warnings": tuple(values["warnings"])})


def write_status(path: str | Path, status: Status) -> None:
    """Write a status as JSON, whole or not at all."""
    write_text(path, json.dumps(asdict(status), indent=2, ensure_ascii=False) + "\n")
