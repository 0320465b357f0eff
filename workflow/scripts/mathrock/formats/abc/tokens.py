"""Split lines of ABC into tokens: fields, notes, bar lines and other signs."""

import re
from collections.abc import Iterator

FIELD = re.compile(r"([A-Za-z])\s*:(?![|:\]])(.*)")
LENGTH = r"\d{0,4}(?:/{1,8}\d{0,4})?"
NOTE = re.compile(
    rf"(?P<sign>\^\^?|__?|=)?(?P<letter>[A-Ga-g])(?P<marks>[,']{{0,9}})(?P<length>{LENGTH})"
    r"(?P<tie>\.?-)?"
)
TOKEN = re.compile(
    r"\[(?P<field>[A-Za-z]):(?P<value>[^\]]{0,500})\]"
    r"|\[(?P<chord>(?:[=^_A-Ga-g,'\d/\-.\s()~HLMOPSTRJuvxyz]|\"[^\"]{0,500}\"|![^!]{0,40}!)+)\]"
    rf"(?P<chord_length>{LENGTH})"
    r"(?P<chord_tie>\.?-)?"
    r'|(?P<words>"[^"]{0,500}"|![^!|\n]{1,40}!|\+\w[\w.()<>]{0,20}\+|\{[^}]{0,500}\})'
    r"|(?P<bar>:{0,30}\.?(?:\[\|\]|\[\||\|\]|\|)(?:\.?\[\|\]?|\|\]|\.?\||:){0,30}|::{1,30})"
    r"(?P<number>\d[\d,\-.]*|\s{1,9}1(?=\s[^\n]{0,300}?:\|+\s{0,9}2)|(?<=:\|)\s{1,9}2(?=\s))?"
    r"|\[\s*(?P<ending>\d[\d,\-]*)"
    rf"|(?P<note>{NOTE.pattern})"
    rf"|(?P<rest>[zxZX])(?P<rest_length>{LENGTH})"
    r"|\((?P<tuplet>\d)(?::(?P<in_time>\d?))?(?::(?P<of>\d{0,2}))?"
    r"|(?P<broken>>{1,3}|<{1,3})"
    r"|(?P<overlay>&)"
    r"|(?P<tie_apart>-)"
    r"|y[\d/]*|\s+|[()\\`~.HLMOPSTRJuv$*;!]"
)


def tokens(line: str) -> Iterator[re.Match | str]:
    """Yield the tokens of a line: matches of `TOKEN`, and single characters that match nothing."""
    at = 0
    while at < len(line):
        match = TOKEN.match(line, at)
        yield match or line[at]
        at = match.end() if match else at + 1
