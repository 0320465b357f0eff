"""Digest files."""

import hashlib
from pathlib import Path


def file_digest(path: str | Path, digits: int = 12) -> str:
    """Read a file and return the first hexadecimal digits of its SHA-256."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:digits]
