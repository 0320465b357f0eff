"""Describe how a result was made: the settings, the package versions, the inputs."""

import platform
from collections.abc import Iterable
from importlib.metadata import version

from mathrock.files.digests import file_digest

VERSION = "0.1.0"


def collect_provenance(settings: dict, inputs: Iterable[str], packages: Iterable[str]) -> dict:
    """Collect settings, versions and the inputs' digests, as plain values for a JSON file."""
    versions = {"mathrock": VERSION, "python": platform.python_version()}
    versions |= {name: version(name) for name in packages}
    digests = {str(path): file_digest(path, digits=64) for path in inputs}
    return {"settings": settings, "versions": versions, "inputs": digests}
