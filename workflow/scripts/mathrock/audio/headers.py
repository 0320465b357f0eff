"""Detect truncated and mistaken sound files by their first and last bytes.

The decoders do not report what these functions find.
"""

import codecs
import re
from typing import BinaryIO

from mathrock.audio.errors import AudioError

OPEN_LENGTH = 0x7FFF0000  # bytes; more is written by programs that cannot return to the header
MOST_CHUNKS = 1000  # of a wav
_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")  # of Windows Media
_OTHER_SIGNATURES = (
    (0, b"\x89PNG", "an image"),
    (0, b"\xff\xd8\xff", "an image"),
    (0, b"GIF8", "an image"),
    (8, b"WEBP", "an image"),
    (0, b"%PDF", "a PDF document"),
    (0, b"PK\x03\x04", "a zip archive or office document"),
    (0, b"MThd", "a MIDI file"),
)
_AUDIO_SIGNATURES = (
    (0, b"ID3", "an mp3"),
    (0, b"\xff\xfb", "an mp3"),
    (0, b"\xff\xf3", "an mp3"),
    (8, b"WAVE", "a wav"),
    (8, b"AIF", "an aiff"),
    (0, b"fLaC", "a flac"),
    (0, b"OggS", "an ogg"),
    (4, b"ftyp", "an MPEG-4"),
    (0, b"\x1aE\xdf\xa3", "a Matroska or WebM"),
    (0, b"0&\xb2u", "a Windows Media"),
    (0, b"caff", "a caf"),
    (0, b".snd", "an au"),
    (0, b"riff.", "a w64"),
    (0, b"Creative Voice", "a voc"),
    (0, b"wvpk", "a WavPack"),
    (0, b"MPCK", "a Musepack"),
    (0, b"MAC ", "a Monkey's Audio"),
    (0, b"TTA1", "a tta"),
    (0, b"#!AMR", "an amr"),
    (8, b"AVI ", "an avi"),
)


def sound_chunks(file: BinaryIO) -> list[tuple[int, int]]:
    """List the chunks of sound in a wav or aiff: where each begins, and its size by its header.

    The list is empty for files of other formats and for headers that leave the length open.

    Raises:
        AudioError: it has more chunks than any program writes.
    """
    file.seek(0)
    kinds = {b"RIFF": ("little", b"data"), b"FORM": ("big", b"SSND")}
    order, sound = kinds.get(file.read(12)[:4], ("big", b""))
    chunks = []
    for _ in range(MOST_CHUNKS):
        chunk = file.read(8)
        size = int.from_bytes(chunk[4:], order)
        start = file.tell()
        if not size or not sound:
            return chunks
        if chunk[:4] == sound:
            if size >= OPEN_LENGTH:
                return []
            chunks.append((start, size))
        file.seek(start + size + size % 2)
    raise AudioError(f"is damaged: it has more than {MOST_CHUNKS} chunks")


def fraction_present(file: BinaryIO) -> float:
    """Compute the fraction of the sound promised by a wav's or aiff's header that is in the file.

    Returns:
        0-1; 1.0 for files of other formats and for headers that leave the length open.
    """
    end = file.seek(0, 2)
    chunks = sound_chunks(file)
    promised = sum(size for _, size in chunks)
    return sum(min(size, end - start) for start, size in chunks) / promised if chunks else 1.0


def is_truncated_ogg(file: BinaryIO) -> bool:
    """Check whether an Ogg file ends within a page, or within a packet that has no other page."""
    file.seek(0)
    if file.read(4) != b"OggS":
        return False
    start = max(0, file.seek(0, 2) - (1 << 16))  # the longest page is a little shorter
    file.seek(start)
    tail = file.read()
    page = tail[max(0, tail.rfind(b"OggS")) :]
    lengths = page[27 : 27 + sum(page[26:27])]
    goes_on = lengths[-1:] == b"\xff"  # with the next page
    return not lengths or goes_on or len(page) < 27 + len(lengths) + sum(lengths)


def has_strange_end(file: BinaryIO) -> bool:
    """Check whether an Ogg file ends with a stream whose beginning is missing."""
    file.seek(0)
    head = file.read(1 << 16)
    file.seek(max(0, file.seek(0, 2) - (1 << 16)))
    tail = file.read()
    last = tail[max(0, tail.rfind(b"OggS")) :]
    return head.startswith(b"OggS") and last[14:18] not in {
        head[match.start() + 14 :][:4] for match in re.finditer(rb"OggS\0[\2\6]", head)
    }


def has_length_header(file: BinaryIO) -> bool:
    """Check whether an mp3 has a header with its length; without it libsndfile guesses."""
    file.seek(after_tag(file))
    head = file.read(1 << 14)
    return b"Xing" in head or b"Info" in head


def is_live(file: BinaryIO) -> bool:
    """Check whether the header of a Windows Media file says that it knows no length."""
    file.seek(0)
    head = file.read(1 << 14)
    at = head.find(_FILE_PROPERTIES)
    return at >= 0 and bool(sum(head[at + 88 : at + 89]) & 1)


def after_tag(file: BinaryIO) -> int:
    """Locate the end of the ID3 tag that a file begins with; 0 if there is none."""
    file.seek(0)
    tag = file.read(10)
    if tag[:3] != b"ID3":
        return 0
    size = 0
    for byte in tag[6:]:  # seven bits in each
        size = size * 128 + byte % 128
    return 10 + size


def explain_no_sound(file: BinaryIO) -> str:
    """Explain, in a sentence that follows the file's name, why no decoder finds sound in it."""
    file.seek(0)
    head = file.read(4096)
    if kind := _looks_like(head, _AUDIO_SIGNATURES):
        return f"begins like {kind} file, but is damaged, cut short or locked: no sound can be read"
    if kind := _looks_like(head, _OTHER_SIGNATURES) or _looks_like_text(head):
        return f"is not audio: it looks like {kind}"
    if not head.strip(b"\0"):
        return "is not audio: it begins with nothing but zeros, as after a failed download"
    return "is not audio, or of a kind that is not known here, or damaged beyond use"


def _looks_like(head: bytes, signatures: tuple) -> str:
    return next((kind for at, magic, kind in signatures if head.startswith(magic, at)), "")


def _looks_like_text(head: bytes) -> str:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)  # may end within a character
    except UnicodeDecodeError:
        return ""
    if not all(character.isprintable() or character.isspace() for character in text):
        return ""
    is_page = text.lstrip().lower().startswith(("<!doctype", "<html"))
    return "a web page" if is_page else "text"
