"""Find the files of which a sound file is joined, as radios, players and `cat` join them.

Decoders give the first of them, or all at the first's rate; each is read for itself instead. An mp3
or another stream of frames without a header is left whole: it joins without a seam.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

from mathrock.audio.errors import AudioError
from mathrock.audio.headers import after_tag
from mathrock.audio.part import Part
from mathrock.files.limits import MAX_JOINED_FILES

# What files begin with, by their first four bytes; literal text first, which `re` finds fast.
_BEGINNINGS = {
    b"OggS": rb"OggS\x00[\x02\x06]",
    b"fLaC": rb"fLaC[\x00\x80]\x00\x00\x22",
    b"RIFF": rb"RIFF.{4}WAVE",
    b"RF64": rb"RF64.{4}WAVE",
    b"BW64": rb"BW64.{4}WAVE",
    b"riff": rb"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb",  # W64
    b"FORM": rb"FORM.{4}AIF[FC]",
    b".snd": rb"\.snd\x00\x00.{6}\x00\x00\x00[\x01-\x1b]",
    b"caff": rb"caff\x00\x01\x00\x00desc",
    b"ftyp": rb"ftyp[ -~]{4}\x00\x00",  # after four bytes of its box's size
    b"\x1aE\xdf\xa3": rb"\x1aE\xdf\xa3.{1,8}?\x42\x86\x81",
    b"0&\xb2u": rb"0&\xb2u\x8ef\xcf\x11\xa6\xd9",
    b"#!AM": rb"#!AMR(?:-WB)?\n",
    b"TTA1": rb"TTA1[\x01\x02]\x00[\x01-\x08]\x00",
    b"Crea": rb"Creative Voice File\x1a",
}
_LONGEST = 64  # bytes; no beginning is longer
_BLOCK = 1 << 20


def split_joined(file: BinaryIO) -> list[Part]:
    """Split a sound file into the files that it was joined of: itself, if it is one.

    Raises:
        AudioError: it is joined of more than `MAX_JOINED_FILES`.
    """
    begin = after_tag(file)
    file.seek(begin)
    head = file.read(12)
    is_mpeg4 = head[4:8] == b"ftyp"
    kind = b"ftyp" if is_mpeg4 else head[:4]
    starts = [0]
    page_end = _end_of_page(file, begin)
    for found in _find(file, kind, begin + 8):
        start = found - 4 if is_mpeg4 else found
        # Streams that sound at the same time, as with a film, begin page after page.
        is_beside = kind == b"OggS" and start == page_end
        page_end = _end_of_page(file, start)
        if not is_beside:
            starts.append(start)
        if len(starts) > MAX_JOINED_FILES:
            raise AudioError(f"is joined of more than {MAX_JOINED_FILES} files")
    return [Part(file, [edges]) for edges in pairwise([*starts, file.seek(0, 2)])]


def _find(file: BinaryIO, kind: bytes, at: int) -> Iterator[int]:
    """Yield where the beginnings of one kind of file are in a file, from a position on."""
    if kind not in _BEGINNINGS:
        return
    pattern = re.compile(_BEGINNINGS[kind], re.DOTALL)
    file.seek(at)
    last = b""
    while block := file.read(_BLOCK):
        data = last + block
        at += len(block)
        for match in pattern.finditer(data):
            if match.end() > len(last):  # else it was found with the block before
                yield at - len(data) + match.start()
                file.seek(at)
        last = data[-_LONGEST:]


def _end_of_page(file: BinaryIO, start: int) -> int:
    """Locate the end of an Ogg page that starts at a position."""
    file.seek(start + 26)
    count = file.read(1)
    return start + 27 + sum(count) + sum(file.read(sum(count)))
