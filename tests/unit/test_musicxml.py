"""MusicXML by hand: what is asked for, note by note."""

import io
import zipfile

import pytest

from mathrock.musicxml import read_musicxml
from mathrock.notation import UNNAMED, NotationError


def pitch(name, octave, chord=False, tie="", duration=2):
    tied = f'<tie type="{tie}"/>' if tie else ""
    return (
        f"<note>{'<chord/>' * chord}<pitch><step>{name}</step><octave>{octave}</octave></pitch>"
        f"<duration>{duration}</duration>{tied}</note>"
    )


def metre(beats, kind):
    return f"<time><beats>{beats}</beats><beat-type>{kind}</beat-type></time>"


GRACE = "<note><grace/><pitch><step>D</step><octave>5</octave></pitch></note>"
GUITAR = f"""<measure number="1">
<attributes><divisions>2</divisions>{metre(7, 8)}
<transpose><chromatic>0</chromatic><octave-change>-1</octave-change></transpose></attributes>
<direction><sound tempo="150"/></direction>
<barline location="left"><repeat direction="forward"/></barline>
{pitch("E", 5)}{GRACE}{pitch("E", 5, duration=5, tie="start")}
{pitch("G", 5, True, duration=5, tie="start")}</measure>
<measure number="2">{pitch("E", 5, duration=1, tie="stop")}
{pitch("G", 5, True, duration=1, tie="stop")}{pitch("A", 5, duration=6)}
<barline location="right"><repeat direction="backward"/></barline></measure>
<measure number="3"><attributes>{metre(4, 4)}</attributes>{pitch("C", 5, duration=8)}</measure>"""
BASS = f"""<measure number="1"><attributes><divisions>2</divisions>{metre(7, 8)}</attributes>
<barline location="left"><repeat direction="forward"/></barline>
{pitch("E", 2, duration=7)}</measure>
<measure number="2">{pitch("C", 2, duration=7)}
<barline location="right"><repeat direction="backward"/></barline></measure>
<measure number="3"><attributes>{metre(4, 4)}</attributes>{pitch("A", 2, duration=8)}</measure>"""
XML = f"""<?xml version="1.0" encoding="UTF-8"?><score-partwise version="4.0">
<work><work-title>Seven</work-title></work><part-list>
<score-part id="P1"><part-name>Guitar</part-name></score-part>
<score-part id="P2"><part-name>Bass</part-name>
<score-instrument id="I2"><instrument-name>Bass</instrument-name></score-instrument>
<midi-instrument id="I2"><midi-program>34</midi-program></midi-instrument></score-part>
</part-list><part id="P1">{GUITAR}</part><part id="P2">{BASS}</part></score-partwise>"""


def check(score):
    assert score.title == "Seven"
    assert score.metres == ((0, 7, 8), (pytest.approx(5.6), 4, 4))
    assert [tempo.bpm for tempo in score.tempos] == [150]
    assert [(p.name, p.program) for p in score.parts] == [("Guitar", UNNAMED), ("Bass", 33)]
    once = [(0, 1, 64), (1, 4, 64), (1, 4, 67), (4, 7, 69)]
    expected = [*once, *((on + 7, off + 7, pitch) for on, off, pitch in once), (14, 18, 60)]
    found = [(n.onset / 0.4, n.offset / 0.4, n.pitch) for n in score.parts[0].notes]
    assert found == [pytest.approx(note) for note in expected]
    assert [n.pitch for n in score.parts[1].notes] == [40, 36, 40, 36, 45]


def test_a_song():
    check(read_musicxml(XML.encode()))


def test_a_compressed_song():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        place = '<container><rootfiles><rootfile full-path="a.xml"/></rootfiles></container>'
        archive.writestr("META-INF/container.xml", place)
        archive.writestr("a.xml", XML)
    check(read_musicxml(data.getvalue()))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<score-partwise>", "is damaged or not XML"),
        (b"<html/>", "is XML, but no MusicXML: it begins with <html>"),
        (b"<score-timewise/>", "is MusicXML by time, which is not supported: save it by part"),
        (b"PK\3\4 cut", "is damaged or no compressed MusicXML"),
        (XML.replace('"backward"', '"backward" times="99"').encode(), "repeats 99 times"),
        (XML.replace("<octave>5", "<octave>x").encode(), "can't be read as MusicXML: "),
        (XML.replace('tempo="150"', 'tempo="1"').encode(), "asks for a tempo of 1 quarter"),
    ],
)
def test_bad_data_are_a_sentence(data, reason):
    with pytest.raises(NotationError) as caught:
        read_musicxml(data)
    assert str(caught.value).startswith(reason)


def test_drums_are_drums():
    hit = (
        "<note><unpitched><display-step>C</display-step><display-octave>5</display-octave>"
        '</unpitched><duration>2</duration><instrument id="D1"/></note>'
    )
    xml = f"""<score-partwise><part-list><score-part id="P1"><part-name>Drums</part-name>
<score-instrument id="D1"><instrument-name>Kick</instrument-name></score-instrument>
<midi-instrument id="D1"><midi-channel>10</midi-channel><midi-unpitched>37</midi-unpitched>
</midi-instrument></score-part></part-list><part id="P1"><measure number="1"><attributes>
<divisions>2</divisions>{metre(1, 4)}</attributes>{hit}</measure></part></score-partwise>"""
    (part,) = read_musicxml(xml.encode()).parts
    assert part.is_drum
    assert [note.pitch for note in part.notes] == [36]
