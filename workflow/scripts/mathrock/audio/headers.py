"""Detect truncated and mistaken sound files by their first and last bytes.

The decoders do not report what these functions find.
"""

import codecs
from typing import BinaryIO

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
)


def fraction_present(file: BinaryIO) -> float:
    """Compute the fraction of the sound promised by a wav's or aiff's header that is in the file.

    Returns:
        0-1; 1.0 for files of other formats and for headers that leave the length open.
    """
    end = file.seek(0, 2)
    file.seek(0)
    kinds = {b"RIFF": ("little", b"data"), b"FORM": ("big", b"SSND")}
    order, sound = kinds.get(file.read(12)[:4], ("", b""))
    while sound and (size := int.from_bytes((chunk := file.read(8))[4:], order)):
        if chunk[:4] == sound:
            is_open = size >= 0x7FFF0000  # written by programs that cannot return to the header
            return 1.0 if is_open else min(1.0, (end - file.tell()) / size)
        file.seek(size + size % 2, 1)
    return 1.0


def is_truncated_ogg(file: BinaryIO) -> bool:
    """Check whether an Ogg file ends without a page that is marked as the last."""
    file.seek(0)
    if file.read(4) != b"OggS":
        return False
    file.seek(max(0, file.seek(0, 2) - (1 << 16)))  # the longest page is a little shorter
    tail = file.read()
    flags = tail[tail.rfind(b"OggS") :][5:6]
    return not flags or not flags[0] & 4


def has_length_header(file: BinaryIO) -> bool:
    """Check whether an mp3 has a header with its length; without it libsndfile guesses."""
    file.seek(0)
    tag = file.read(10)
    size = 0
    if tag[:3] == b"ID3":
        for byte in tag[6:]:  # seven bits in each
            size = size * 128 + byte % 128
    file.seek(size)
    head = file.read(1 << 14)
    return b"Xing" in head or b"Info" in head


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
