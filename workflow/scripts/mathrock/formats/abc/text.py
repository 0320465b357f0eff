"""Find the lines of the first ABC tune in a file, which may be a chat model's whole answer."""

import codecs
import re
from collections.abc import Iterator

from mathrock.formats.abc.tokens import FIELD, tokens

FENCE = "```"

_ANNOTATION = re.compile(r'"[^"]*"|\[[A-Za-z]:[^\]]*\]|![^!]*!|\+[a-z]+\+')
_WORD = re.compile(r"[^\W\d_]{4,}")
_SYMBOLS = re.compile(r"[A-Ga-gxyzXZHLMOPSTRJuv]+")  # letters that are ABC symbols


def first_tune(data: bytes) -> tuple[list[tuple[int, str]], list[str]]:
    """Find the first tune: its lines without comments, numbered from 1, and warnings.

    A tune in a code block ends with the block. Elsewhere, by the standard, an empty line ends it;
    but people often separate voices by empty lines, so all lines are kept that are not prose.
    """
    lines = list(_lines(_text(data)))
    tunes = [at for at, (_, line) in enumerate(lines) if line.startswith("X:")]
    fields = (at for at, (_, line) in enumerate(lines) if FIELD.fullmatch(line))
    start = tunes[0] if tunes else next(fields, len(lines))
    fences = [at for at, (_, line) in enumerate(lines) if line.startswith(FENCE)]
    is_fenced = sum(at < start for at in fences) % 2 == 1
    ends = [at for at in fences if at > start][: int(is_fenced)] + tunes[1:2]
    lines = lines[start : min(ends, default=len(lines))]
    warnings = [f"holds {len(tunes)} tunes: the first is taken"] if len(tunes) > 1 else []
    if is_fenced:
        return lines, warnings
    found, left_out = _without_prose(lines)
    if left_out:
        many = f" and {len(left_out) - 1} more" if len(left_out) > 1 else ""
        warnings.append(f"line {left_out[0]}{many} reads like words, not music: left out")
    return found, warnings


def _text(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield numbered lines without comments and lyrics; %%MIDI directives become I: fields."""
    for number, line in enumerate(text.splitlines(), 1):
        line = re.sub(r"^\s*%%\s*MIDI\b", "I:MIDI", line).strip()
        is_comment = line.startswith("%")
        line = re.sub(r"(?<!\\)%.*", "", line).strip()
        if not is_comment and not re.match(r"[wWsr]:", line):
            yield number, line


def _without_prose(lines: list[tuple[int, str]]) -> tuple[list[tuple[int, str]], list[int]]:
    """Return the lines of music, and the numbers of omitted lines that have bar lines.

    After a gap or prose, only a field or a line that is certainly music continues the tune.
    """
    found, left_out, after_gap = [], [], False
    for number, line in lines:
        is_field = FIELD.fullmatch(line) is not None
        if is_field or (_is_surely_music(line) if after_gap else _may_be_music(line)):
            found.append((number, line))
            after_gap = False
            continue
        after_gap = True
        if "|" in line:
            left_out.append(number)
    return found, left_out


def _may_be_music(line: str) -> bool:
    words = _WORD.findall(_ANNOTATION.sub(" ", line))
    unknown = sum(isinstance(token, str) for token in tokens(line))
    is_clear = 3 * unknown <= len(line.replace(" ", ""))
    return bool(line) and FENCE not in line and is_clear and all(map(_SYMBOLS.fullmatch, words))


def _is_surely_music(line: str) -> bool:
    found = list(tokens(line))
    is_known = not any(isinstance(token, str) for token in found) and _may_be_music(line)
    sounds = ("note", "rest", "chord")
    return is_known and "|" in line and any(token[name] for token in found for name in sounds)
