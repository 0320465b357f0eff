"""Unpack MusicXML from what people save it as: a zip or plain text, in any encoding."""

import html
import io
import re
import zipfile

from mathrock.files.limits import MAX_UNPACKED_BYTES
from mathrock.formats.errors import ScoreError

ROOT = re.compile(rb"<(?:[\w.-]+:)?(score-(?:part|time)wise)(?=[\s/>])")

_BOMS = {  # UTF-32 first: its mark begins with that of UTF-16
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w-]+)")
# Encodings in which people write; others, such as punycode, may take time without end.
_WRITTEN = re.compile(r"(?i)(?:iso-8859|windows|cp12|mac|koi8|shift_jis|euc|gb|big5)[\w-]*")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others may ask for memory without end
_MOST_MEMBERS = 100  # that are looked at


def unpack(data: bytes) -> bytes:
    """Unpack the text of a score, as UTF-8, from a compressed or a plain file.

    Raises:
        ScoreError: the data are a zip that is damaged, too large or without a score.
    """
    if not data.startswith(b"PK"):
        return _to_utf8(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _score(archive)
    except ScoreError:
        raise
    except Exception as error:  # zipfile has many ways to fail at damage
        raise ScoreError("is damaged or no compressed MusicXML") from error


def _score(archive: zipfile.ZipFile) -> bytes:
    """Find the score in an archive: what its container names, or else what looks like one."""
    members = [member for member in archive.infolist() if member.compress_type in _METHODS]
    named, left = (), MAX_UNPACKED_BYTES
    for member in members:
        if member.filename.lower().endswith("meta-inf/container.xml"):
            with archive.open(member) as file:
                text = _to_utf8(file.read(100_000)).decode(errors="replace")
            paths = re.findall(r"full-path\s*=\s*[\"']([^\"']+)", text)
            named = tuple(html.unescape(path).lstrip("./").replace("\\", "/") for path in paths)
            break
    candidates = [member for member in members if _is_candidate(member.filename, named)]
    candidates.sort(key=lambda member: not (named and member.filename.endswith(named)))
    for member in candidates[:_MOST_MEMBERS]:
        with archive.open(member) as file:
            data = file.read(left + 1)
        left -= len(data)
        if left < 0:
            raise ScoreError(f"unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB")
        text = _to_utf8(data)
        if ROOT.search(text):
            return text
    raise ScoreError("is damaged or no compressed MusicXML")


def _is_candidate(name: str, named: tuple[str, ...]) -> bool:
    is_score = name.lower().endswith((".xml", ".musicxml")) and "META-INF/" not in name
    return (is_score or name.endswith(named)) if named else is_score


def _to_utf8(data: bytes) -> bytes:
    """Convert text to UTF-8; what it says of its encoding counts only where it is no UTF-8."""
    for mark, encoding in _BOMS.items():
        if data.startswith(mark):
            return data.decode(encoding, "replace").encode()
    if b"\0" in data[:2]:
        encoding = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
        return data.decode(encoding, "replace").encode()
    try:
        data.isascii() or data.decode()
    except UnicodeDecodeError:
        said = _ENCODING.search(data[:1000])
        name = said[1].decode() if said else ""
        try:
            return data.decode(name if _WRITTEN.fullmatch(name) else "cp1252", "replace").encode()
        except LookupError:
            return data.decode("cp1252", "replace").encode()
    return data
