"""Find the lines of the first ABC tune in a file, which may be a chat model's whole answer."""

import codecs
import quopri
import re
from collections.abc import Iterator
from itertools import islice

from mathrock.files.limits import MAX_TUNE_LETTERS
from mathrock.formats.abc.tokens import FIELD, tokens
from mathrock.formats.errors import ScoreError

FENCE = "```"

_ANNOTATION = re.compile(r'"[^"]{0,500}"|\[[A-Za-z]:[^\]]{0,500}\]|![^!]{0,40}!|\+\w{1,20}\+')
_WORD = re.compile(r"[^\W\d_]{4,}")
_SYMBOL = re.compile(r"U:\s{0,9}([H-Wh-w~])\s{0,9}=")  # a letter that the tune defines
_TEXT_FIELD = re.compile(r"[wWsrHNTCOBDFGSZAR]:")  # whose text may run on after a backslash
_OLD_CHORD = re.compile(
    r"\+(?!f+\+)((?:[_^=]{0,2}[A-Ga-g][,']{0,4}[\d/]{0,6}){2,8})\+"
)  # of ABC 1.6
_FINGER = re.compile(r"\+\d\+")  # on a note, where + is no chord's
MOST_LINES = 100_000  # of a file that are looked at
_SYMBOLS = re.compile(r"[A-Ga-gxyzXZHLMOPSTRJuv]+")  # letters that are ABC symbols


def first_tune(data: bytes) -> tuple[list[tuple[int, str]], list[str]]:
    """Find the first tune: its lines without comments, numbered from 1, and warnings.

    A tune in a code block ends with the block. Elsewhere, by the standard, an empty line ends it;
    but people often separate voices by empty lines, so all lines are kept that are not prose.

    Raises:
        ScoreError: the tune is too long.
    """
    lines = list(islice(_lines(_text(data)), MOST_LINES))
    tunes = [at for at, (_, line) in enumerate(lines) if line.startswith("X:")]
    fields = (at for at, (_, line) in enumerate(lines) if FIELD.fullmatch(line))
    start = tunes[0] if tunes else next(fields, len(lines))
    fences = [at for at, (_, line) in enumerate(lines) if line.startswith(FENCE)]
    is_fenced = sum(at < start for at in fences) % 2 == 1
    ends = [at for at in fences if at > start][: int(is_fenced)] + tunes[1:2]
    end = min(ends, default=len(lines))
    lines = lines[start:end]
    if end == MOST_LINES or sum(len(line) for _, line in lines) > MAX_TUNE_LETTERS:
        raise ScoreError(f"has a tune of more than {MAX_TUNE_LETTERS} letters")
    warnings = [f"holds {len(tunes)} tunes: the first is taken"] if len(tunes) > 1 else []
    symbols = {match[1] for _, line in lines if (match := _SYMBOL.match(line))}
    symbols = str.maketrans("", "", "".join(symbols))
    found, left_out = _without_prose(lines, symbols, is_fenced)
    if left_out:
        many = f" and {len(left_out) - 1} more" if len(left_out) > 1 else ""
        warnings.append(f"line {left_out[0]}{many} reads like words, not music: left out")
    return found, warnings


def _text(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if b"=3D" in data:  # a mail's quoted-printable text, where this is =
        data = quopri.decodestring(data)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield numbered lines without comments, texts and lyrics; directives become I: fields."""
    block, runs_on = "", False  # the end of a block of text; whether a line of words goes on
    for number, line in enumerate(text.splitlines(), 1):
        line = re.sub(r"^%%\s*(MIDI|propagate-accidentals)\b", r"I:\1", line.strip())
        if block or (match := re.match(r"%%\s*begin(\w{1,20})", line)):
            block = block or f"end{match[1]}"
            block = "" if re.match(rf"%%\s*{block}", line) else block
            continue
        is_text = runs_on or _TEXT_FIELD.match(line) is not None
        runs_on = is_text and line.endswith("\\")
        is_comment = line.startswith("%")
        line = re.sub(r"(?<!\\)%.*|(?<=[\s|])=(?:20)?$", "", line).strip()
        if not _FINGER.search(line):
            line = _OLD_CHORD.sub(r"[\1]", line)
        is_left_out = is_text and not re.match(r"[HNTCOBDFGSZAR]:", line)
        if not is_comment and not is_left_out and not line.startswith("+:"):
            yield number, line


def _without_prose(
    lines: list[tuple[int, str]], symbols: dict, is_fenced: bool
) -> tuple[list[tuple[int, str]], list[int]]:
    """Return the lines of music, and the numbers of omitted lines that have bar lines.

    After a gap or prose, only a field or a line that is certainly music continues a tune that is
    not in a code block.

    Args:
        symbols: a table for `str.translate` that drops the letters that the tune defines.
    """
    found, left_out, after_gap = [], [], False
    for number, line in lines:
        is_field = FIELD.fullmatch(line) is not None
        bare = line.translate(symbols)
        if is_field or (_is_surely_music(bare) if after_gap else _may_be_music(bare)):
            found.append((number, line))
            after_gap = False
            continue
        after_gap = not is_fenced
        if "|" in line:
            left_out.append(number)
    return found, left_out


def _may_be_music(line: str) -> bool:
    unknown = sum(isinstance(token, str) for token in tokens(line))
    words = _WORD.findall(_ANNOTATION.sub(" ", line))
    letters = len(line.replace(" ", ""))
    is_clear = 3 * unknown <= letters and all(map(_SYMBOLS.fullmatch, words))
    # Letters that no tune defines stand before notes, too; a table of words has more of them.
    is_barred = ("|" in line or line.endswith("\\")) and 6 * unknown <= letters
    return bool(line) and not line.startswith(FENCE) and (is_clear or is_barred)


def _is_surely_music(line: str) -> bool:
    found = list(tokens(line))
    is_known = not any(isinstance(token, str) for token in found) and _may_be_music(line)
    sounds = ("note", "rest", "chord")
    return is_known and "|" in line and any(token[name] for token in found for name in sounds)
