"""How a result was made: the code that ran, the settings, the package versions, the inputs."""

import ast
import hashlib
import json
import platform
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from mathrock.atomic import write_text

VERSION = "0.1.0"


def code_version(script: str | Path, but: Iterable[str] = ()) -> dict[str, str]:
    """Digests of the library modules that a script imports, directly or through others.

    Rules carry this as a param, so that an edited module makes what it made stale and the reason
    that Snakemake prints names the file. Bytes are hashed, not syntax trees, whose text changes
    between versions of Python. The script itself is left out: Snakemake tracks it.

    Args:
        but: modules that are left out, with what they alone import: what they do does not show in
            what the script makes.

    Returns:
        {"mathrock/pianoroll.py": "8a5042c74696", ...}, the modules below the script's own folder.
    """
    script = Path(script)
    root = script.parent
    found, waiting = {}, [script]
    while waiting:
        path = waiting.pop()
        for module in _imports_of(path, path.stat().st_mtime_ns):
            path = root.joinpath(*module.split(".")).with_suffix(".py")
            name = path.relative_to(root).as_posix()
            if name not in found and name not in but and path.is_file():
                found[name] = _digest_of(path, path.stat().st_mtime_ns)
                waiting.append(path)
    return dict(sorted(found.items()))


@cache  # most modules are imported by many scripts
def _digest_of(path: Path, mtime_ns: int) -> str:
    return file_digest(path)


@cache
def _imports_of(path: Path, mtime_ns: int) -> tuple[str, ...]:
    """The modules that a file names in its imports, whether they are modules or not."""
    names = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(dict.fromkeys(names))


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
