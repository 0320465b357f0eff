"""Mutations of compressed MusicXML."""

import io
import re
import struct
import zipfile
import zlib
from contextlib import suppress
from random import Random

from byte_mutations import ANY, EXTREMES
from small_scores import CONTAINER, zipped
from text_mutations import XML


def change_members(random: Random, data: bytes, other: bytes) -> bytes:
    """Change the members of an archive: their data, a name, their order or number."""
    members = dict(members_of(data))
    if not members:
        return data
    largest = max(members, key=lambda name: len(members[name]))
    name = random.choice((largest, largest, largest, random.choice(sorted(members))))
    kind = random.randrange(20)
    if kind == 0:
        members.pop(name)
    elif kind == 1:
        odd = random.choice(("../../a.xml", "/a.musicxml", "a\n.xml", "ä.xml", "x" * 5000, "A.XML"))
        members[odd] = members.pop(name)
    elif kind == 2:
        filler = random.choice((b" ", b"<note/>", b"<a>", b"\0"))
        members[name] += filler * random.choice((10**5, 10**6))
    elif kind == 3:
        members |= {f"{number}.xml": b"" for number in range(random.choice((3, 500)))}
    elif kind == 4:
        members = dict(reversed(members.items()))
    else:
        members[name] = random.choice(XML)(random, members[name], CONTAINER.encode())
    return zipped(members)


def lie_in_archive(random: Random, data: bytes, other: bytes) -> bytes:
    """Change a size, a check sum, a method or a flag in an archive's headers."""
    places = [at.start() for at in re.finditer(b"PK\x01\x02|PK\x03\x04|PK\x05\x06", data)]
    if not places:
        return data
    at = random.choice(places) + random.randrange(4, 46)
    word = struct.pack("<I", random.choice((*EXTREMES, 1 << 30, 1)) % (1 << 32))[
        : random.choice((1, 2, 4))
    ]
    return data[:at] + word + data[at + len(word) :]


def deflate(random: Random, data: bytes, other: bytes) -> bytes:
    """Compress a file in a way that no reader knows, or pack it under another's name."""
    return random.choice((zlib.compress(data), zipped({"a.xml": data}), zipped({})))


ARCHIVE = (*ANY, lie_in_archive, lie_in_archive, deflate, *(change_members,) * 20)


def members_of(data: bytes) -> list[tuple[str, bytes]]:
    """List the members of an archive that can be read."""
    found = []
    with suppress(Exception), zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            if info.file_size < 10_000_000:
                found.append((info.filename, archive.read(info)))
    return found
