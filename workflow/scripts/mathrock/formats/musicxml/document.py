"""Parse the text of MusicXML as a tree of elements, by part."""

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from mathrock.files.limits import MAX_BARS, MAX_PARTS, MAX_XML_ELEMENTS
from mathrock.formats.errors import ScoreError
from mathrock.formats.musicxml.container import ROOT

_FIRST_TAG = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<[?!][^>]*>\s*)*<([A-Za-z][\w.:-]{0,50})")
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)")
_CONTROLS = bytes({*range(32)} - {*b"\t\n\r"})


def parse_score(text: bytes) -> Element:
    """Parse UTF-8 text as a <score-partwise>, with tags that have no name space.

    What is before and after the score is not looked at, so that no document type is read and no
    entity expanded.

    Raises:
        ScoreError: the text is no MusicXML, is damaged, or has too many elements, parts or bars.
    """
    begin = ROOT.search(text)
    if not begin:
        first = _FIRST_TAG.match(text)
        known = f"is XML, but no MusicXML: it begins with <{first[1].decode()}>" if first else ""
        raise ScoreError(known or "is damaged or not XML")
    last = text.find(b">", text.rfind(begin[1])) + 1
    text = text[begin.start() : last].translate(None, _CONTROLS)
    # Every element has a "<" that no "/" follows: more are not counted, before any is made.
    if text.count(b"<") - text.count(b"</") + text.count(b"&") > MAX_XML_ELEMENTS:
        raise ScoreError(f"has more than {MAX_XML_ELEMENTS} elements")
    try:
        parser = ElementTree.XMLParser(encoding="utf-8")
        root = ElementTree.fromstring(_BARE_AMPERSAND.sub(b"&amp;", text), parser)
    except (ElementTree.ParseError, ValueError) as error:
        raise ScoreError("is damaged or not XML") from error
    for element in root.iter():
        if "}" in element.tag:
            element.tag = element.tag.rpartition("}")[2]
    if root.tag == "score-timewise":
        root = _by_part(root)
    _check(len(root.findall("part")), MAX_PARTS, "parts")
    for part in root.findall("part"):
        _check(len(part.findall("measure")), MAX_BARS, "bars")
    return root


def _check(count: int, most: int, things: str) -> None:
    if count > most:
        raise ScoreError(f"has {count} {things}, more than {most}")


def _by_part(root: Element) -> Element:
    """Turn a score by time, whose measures have parts, into one whose parts have measures."""
    parts, empty = {}, Element("measure")
    _check(len(root.findall("measure")), MAX_BARS, "bars")
    for at, measure in enumerate(root.findall("measure")):
        for written in measure.findall("part"):
            part = parts.setdefault(written.get("id", ""), Element("part", written.attrib))
            _check(len(parts), MAX_PARTS, "parts")
            part.extend([empty] * (at - len(part)))
            bar = Element("measure", measure.attrib)
            bar.extend(written)
            part.append(bar)
    score = Element("score-partwise")
    score.extend(element for element in root if element.tag != "measure")
    score.extend(parts.values())
    return score
