import pytest

from mathrock.files.limits import MAX_BARS, MAX_PARTS, MAX_XML_ELEMENTS
from mathrock.formats.errors import ScoreError
from mathrock.formats.musicxml.document import parse_score

BODY = "<score-partwise><part><measure/><measure/></part></score-partwise>"
LAUGHS = """<!DOCTYPE score-partwise [<!ENTITY a "ha"><!ENTITY b "&a;&a;">
<!ENTITY c SYSTEM "file:///etc/passwd">]>"""


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        '<?xml version="1.0"?>' + BODY,
        '\ufeff\n\n <?xml version="1.0"?>' + BODY,
        "junk " + BODY,
        BODY + "\0\0 junk <a>",
        BODY.replace("<measure/>", "<measure>\x1f\x0b</measure>"),
        BODY.replace("<score-partwise", '<score-partwise xmlns="http://a" version="3"'),
        "<m:score-partwise xmlns:m='u'><m:part><m:measure/><measure/></m:part></m:score-partwise>",
        "<!-- a --><!DOCTYPE score-partwise PUBLIC 'a' 'http://b'>" + BODY,
    ],
)
def test_scores_are_found_in_text(text):
    root = parse_score(text.encode())
    assert root.tag == "score-partwise"
    assert len(root.findall("part/measure")) == 2


def test_entities_are_not_expanded():
    body = "<score-partwise><work>Rock &amp; Roll & &b; &c; &eacute; &#65;</work></score-partwise>"
    root = parse_score((LAUGHS + body).encode())
    assert root.findtext("work") == "Rock & Roll & &b; &c; &eacute; A"


def test_scores_by_time_become_scores_by_part():
    root = parse_score(
        b"""<score-timewise><work/><measure number="1"><part id="A"><x/></part></measure>
        <measure number="2"><part id="B"><y/></part><part id="A"><z/></part></measure>
        </score-timewise>"""
    )
    assert root.find("work") is not None
    assert [part.get("id") for part in root.findall("part")] == ["A", "B"]
    bars = [
        [[e.tag for e in bar] for bar in part.findall("measure")] for part in root.findall("part")
    ]
    assert bars == [[["x"], ["z"]], [[], ["y"]]]


def sized(tag, count):
    return f"<score-partwise>{tag * count}</score-partwise>".encode()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "is damaged or not XML"),
        (b"MThd\0\0", "is damaged or not XML"),
        (b"<score-partwise>", "is damaged or not XML"),
        (BODY[:-5].encode(), "is damaged or not XML"),
        (b"<score-partwise><a></score-partwise>", "is damaged or not XML"),
        (b"<score-partwise>&#0;</score-partwise>", "is damaged or not XML"),
        (b"<score-partwise-x/>", "is XML, but no MusicXML: it begins with <score-partwise-x>"),
        (b"<html/>", "is XML, but no MusicXML: it begins with <html>"),
        (b"<?xml version='1.0'?><!-- a -->\n<opus>", "is XML, but no MusicXML: it begins with <o"),
        (sized("<a/>", MAX_XML_ELEMENTS), f"has more than {MAX_XML_ELEMENTS} elements"),
        (sized("&", MAX_XML_ELEMENTS), f"has more than {MAX_XML_ELEMENTS} elements"),
        (sized("<part/>", MAX_PARTS + 1), f"has {MAX_PARTS + 1} parts, more than {MAX_PARTS}"),
        (
            sized("<measure/>", MAX_BARS + 1).replace(b"wise>", b"wise><part>", 1)[:-17]
            + b"</part></score-partwise>",
            f"has {MAX_BARS + 1} bars, more than {MAX_BARS}",
        ),
        (
            sized("<measure/>", MAX_BARS + 1).replace(b"partwise", b"timewise"),
            f"has {MAX_BARS + 1} bars, more than {MAX_BARS}",
        ),
        (
            b"<score-timewise><measure>%s</measure></score-timewise>"
            % b"".join(b'<part id="%d"/>' % number for number in range(MAX_PARTS + 1)),
            f"has {MAX_PARTS + 1} parts, more than {MAX_PARTS}",
        ),
    ],
)
def test_bad_text_is_a_sentence(text, reason):
    with pytest.raises(ScoreError) as caught:
        parse_score(text)
    assert str(caught.value).startswith(reason)


def test_elements_may_be_nested_deeply():
    depth = MAX_XML_ELEMENTS - 10
    assert parse_score(
        b"<score-partwise>" + b"<a>" * depth + b"</a>" * depth + b"</score-partwise>"
    )
