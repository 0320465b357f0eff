import io
import zipfile

import pytest

from mathrock.files.limits import MAX_UNPACKED_BYTES
from mathrock.formats.errors import ScoreError
from mathrock.formats.musicxml.container import unpack

TITLE = "Für Élise"
BODY = f"<score-partwise><work>{TITLE}</work></score-partwise>"
CONTAINER = '<container><rootfiles><rootfile full-path="{}"/></rootfiles></container>'


def said(encoding):
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{BODY}'


def packed(members, method=zipfile.ZIP_DEFLATED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return data.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        BODY.encode(),
        said("UTF-8").encode(),
        said("UTF-8").encode("utf-8-sig"),
        said("UTF-16").encode("utf-16"),
        b"\xfe\xff" + said("UTF-16").encode("utf-16-be"),
        said("UTF-16").encode("utf-16-le"),
        said("UTF-16").encode("utf-16-be"),
        said("UTF-8").encode("utf-16"),
        said("UTF-32").encode("utf-32"),
        said("UTF-16").encode(),
        said("iso-8859-1").encode(),
        said("ISO-8859-1").encode("latin-1"),
        said("UTF-8").encode("latin-1"),
        said("windows-1252").encode("cp1252"),
        said("macintosh").encode("mac-roman"),
        said("latin-no-such").encode("latin-1"),
        said("punycode").encode("latin-1"),
        ("\n\n" + said("UTF-8")).encode(),
    ],
)
def test_encodings_are_found_whatever_the_text_says(data):
    assert BODY in unpack(data).decode()


def test_japanese_of_no_unicode():
    text = '<?xml version="1.0" encoding="Shift_JIS"?><score-partwise>さくら</score-partwise>'
    assert unpack(text.encode("shift_jis")).decode() == text


@pytest.mark.parametrize(
    "members",
    [
        {"META-INF/container.xml": CONTAINER.format("a.xml"), "a.xml": BODY},
        {"META-INF/container.xml": CONTAINER.format("./a.xml"), "a.xml": BODY},
        {"META-INF/container.xml": CONTAINER.format("a b&amp;c.xml"), "a b&c.xml": BODY},
        {"META-INF/container.xml": CONTAINER.format("score"), "score": BODY},
        {"META-INF/container.xml": CONTAINER.format("gone.xml"), "a.xml": BODY},
        {"META-INF/container.xml": CONTAINER.format("a.pdf"), "a.pdf": "%PDF", "a.xml": BODY},
        {"META-INF/container.xml": CONTAINER.format("a.xml").encode("utf-16"), "a.xml": BODY},
        {
            "META-INF/container.xml": CONTAINER.replace("<container", '<container xmlns="x"'),
            "a.xml": BODY,
        },
        {"META-INF/container.xml": "<contai", "a.xml": BODY},
        {"a/META-INF/container.xml": CONTAINER.format("b.xml"), "a/b.xml": BODY},
        {"__MACOSX/._a.xml": b"\0\1", "mimetype": "x", "other.xml": "<a/>", "a.xml": BODY},
        {"a.musicxml": BODY},
        {"A.XML": BODY},
        {"folder/a.xml": BODY.encode("utf-16")},
    ],
)
def test_scores_are_found_in_archives(members):
    assert BODY in unpack(packed(members)).decode()


def test_the_score_that_the_container_names_comes_first():
    members = {"a.xml": BODY.replace(TITLE, "other"), "b.xml": BODY}
    assert "other" in unpack(packed(members)).decode()
    members["META-INF/container.xml"] = CONTAINER.format("b.xml")
    assert unpack(packed(members)).decode() == BODY


@pytest.mark.parametrize(
    "data",
    [
        b"PK\3\4 cut",
        packed({"a.xml": BODY})[:-30],
        packed({"a.txt": BODY}),
        packed({"a.xml": "<html/>"}),
        packed({"META-INF/container.xml": BODY}),
        packed({}),
        packed({"a.xml": BODY}, zipfile.ZIP_LZMA),
        packed({"a.xml": BODY}).replace(b"PK\1\2\x14\3\x14\0\0\0", b"PK\1\2\x14\3\x14\0\1\0"),
    ],
)
def test_archives_without_a_score_are_refused(data):
    with pytest.raises(ScoreError, match="is damaged or no compressed MusicXML"):
        unpack(data)


def test_large_archives_are_refused():
    large = b" " * (MAX_UNPACKED_BYTES // 2 + 1)
    sentence = "unpacks to more than 50 MB"
    with pytest.raises(ScoreError, match=sentence):
        unpack(packed({"a.xml": large + large}))
    with pytest.raises(ScoreError, match=sentence):
        unpack(packed({"a.xml": large, "b.xml": large, "c.xml": BODY}))
