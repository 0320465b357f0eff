"""Mutants of files: what damage, wrong software and strangers make of the bytes of a score."""

import re
import struct
from random import Random

from archive_mutations import ARCHIVE, members_of
from byte_mutations import GUITAR_PRO, MIDI
from mathrock.files.limits import MAX_SCORE_BYTES, MAX_UNPACKED_BYTES
from small_scores import CONTAINER, zipped
from text_mutations import TEXT, TOKEN, XML

ELEMENT = re.compile(rb"<([a-z-]+)(?: [^<>]*)?>(?:[^<]|<(?!\1|/\1))*</\1>|<[a-z-]+/>")
EVENTS = re.compile(rb"(?<=[\0-\x7f])[\0-\x7f][\x80-\xff][\0-\x7f]{2}")
ANYTHING = re.compile(rb".{1,9}", re.DOTALL)
STRETCHES = {MIDI: EVENTS, TEXT: TOKEN, XML: ELEMENT}
MUTATIONS = {
    **dict.fromkeys(("mid", "midi", "kar", "rmi"), MIDI),
    "abc": TEXT,
    **dict.fromkeys(("musicxml", "xml"), XML),
    "mxl": ARCHIVE,
    **dict.fromkeys(("gp3", "gp4", "gp5", "gpx", "gp"), GUITAR_PRO),
}


def mutant(seed: int | str, ending: str, files: list[bytes]) -> bytes:
    """Change one of the files in one to four ways, always the same for a seed and an ending."""
    random = Random(f"{ending} {seed}")
    data, other = random.choice(files), random.choice(files)
    for _ in range(random.choice((1, 1, 2, 4))):
        data = random.choice(MUTATIONS[ending])(random, data, other)
    return data


def swollen(seed: int, ending: str, files: list[bytes]) -> bytes:
    """Repeat a stretch of one of the files until the file has the greatest size that is read."""
    random = Random(f"swollen {ending} {seed}")
    ways, data = MUTATIONS[ending], random.choice(files)
    if ways is ARCHIVE:
        score = max(dict(members_of(data)).values(), key=len)
        xml = _swollen(random, score, MAX_UNPACKED_BYTES, ELEMENT)
        return zipped({"META-INF/container.xml": CONTAINER.encode(), "a.musicxml": xml})
    return _swollen(random, data, MAX_SCORE_BYTES, STRETCHES.get(ways, ANYTHING))


def _swollen(random: Random, data: bytes, most: int, stretch: re.Pattern) -> bytes:
    """Repeat one of the stretches of a file that a pattern finds."""
    first, last = random.choice([found.span() for found in stretch.finditer(data)] or [(0, 1)])
    data = data[:first] + data[first:last] * ((most - len(data)) // (last - first)) + data[last:]
    if (track := data.rfind(b"MTrk", 0, first)) >= 0 and stretch is EVENTS:
        length = struct.pack(">I", len(data) - track - 8)
        data = data[: track + 4] + length + data[track + 8 :]
    return data
