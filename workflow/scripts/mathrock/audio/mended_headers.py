"""Mend headers that decoders do not follow: lengths never written, sound in several chunks."""

import struct

from mathrock.audio.headers import sound_chunks
from mathrock.audio.part import Part

_NEVER_WRITTEN = (bytes(8), b"\xff" * 8)


def mend_header(file: Part) -> Part:
    """Return a file with a header that decoders read to the end; the file itself, if it has one."""
    file.seek(0)
    head = file.read(36)
    if head[:4] in (b"RF64", b"BW64") and head[12:16] == b"ds64" and head[28:] in _NEVER_WRITTEN:
        return file.twin(b"RIFF", skip=4)
    if head[:4] == b".snd" and head[8:12] == bytes(4):
        return file.twin(head[:8] + b"\xff" * 4, skip=12)
    chunks = sound_chunks(file) if head[:4] == b"RIFF" else []
    total = sum(size for _, size in chunks)
    if len(chunks) < 2 or total >= 1 << 32:
        return file
    file.seek(0)
    before = file.read(chunks[0][0] - 4)
    stretches = [(start, min(file.size, start + size)) for start, size in chunks]
    return Part(file, stretches, before + struct.pack("<I", total))
