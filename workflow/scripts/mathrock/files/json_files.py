"""JSON files, written whole or not at all."""

import json
from pathlib import Path

from mathrock.files.atomic import write_text
from mathrock.files.damage import reading


def write_json(path: str | Path, values: dict) -> None:
    """Write plain values as readable JSON, whole or not at all."""
    write_text(path, json.dumps(values, indent=2, ensure_ascii=False) + "\n")


def read_json(path: str | Path) -> dict:
    """Read what `write_json` wrote; DamagedFile where it is not whole."""
    with reading(path):
        return json.loads(Path(path).read_text(encoding="utf-8"))
