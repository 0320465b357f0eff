"""How a result was made: the settings, the package versions, the inputs."""

import hashlib
import json
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from mathrock.atomic import write_text

VERSION = "0.1.0"


def file_digest(path: str | Path, digits: int = 12) -> str:
    """The first hexadecimal digits of a file's SHA-256."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:digits]


def how_made(settings: dict, inputs: Iterable[str], packages: Iterable[str]) -> dict:
    """Settings, versions and the inputs' digests, as plain values for a JSON file."""
    versions = {"mathrock": VERSION, "python": platform.python_version()}
    versions |= {name: version(name) for name in packages}
    digests = {str(path): file_digest(path, digits=64) for path in inputs}
    return {"settings": settings, "versions": versions, "inputs": digests}


def write_json(path: str | Path, values: dict) -> None:
    """Write plain values as readable JSON, whole or not at all."""
    write_text(path, json.dumps(values, indent=2, ensure_ascii=False) + "\n")


def read_json(path: str | Path) -> dict:
    """Read what `write_json` wrote."""
    return json.loads(Path(path).read_text(encoding="utf-8"))
