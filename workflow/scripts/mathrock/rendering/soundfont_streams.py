"""Check the Ogg streams in which an sf3 has its samples."""

import zlib

import numpy as np

from mathrock.rendering.soundfont_tables import FontError

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def most_samples(stream: np.ndarray, number: int) -> int:
    """Compute how many samples an Ogg Vorbis stream decodes to at most, without decoding it.

    Raises:
        FontError: a page is broken; the sample's `number` is named.
    """
    data = stream.tobytes()
    at = packets = 0
    while at < len(data):
        body = at + 27 + sum(data[at + 26 : at + 27])
        lengths = data[at + 27 : body]
        end = body + sum(lengths)
        page = data[at:end]
        is_whole = page[:4] == b"OggS" and end <= len(data) and lengths
        if not is_whole or _check_sum(page) != int.from_bytes(page[22:26], "little"):
            raise FontError(f"its sample {number} is no whole Ogg stream")
        packets += sum(length < 255 for length in lengths)
        at = end
    # The identification header, the first packet, has the sizes of blocks as powers of 2.
    block = 1 << (data[56] >> 4) if data[28:35] == b"\x01vorbis" else 0
    if not block:
        raise FontError(f"its sample {number} is no Ogg Vorbis")
    return packets * block // 2


def _check_sum(page: bytes) -> int:
    """Compute a page's check sum: CRC-32 as of zlib, but from the highest bit down, and from 0."""
    mirrored = (page[:22] + bytes(4) + page[26:]).translate(_REVERSED)
    check = zlib.crc32(mirrored, 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{check:032b}"[::-1], 2)
