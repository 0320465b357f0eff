"""MusicXML by hand: what is asked for, note by note."""

import io
import zipfile

import pytest

from mathrock.formats.errors import ScoreError
from mathrock.formats.musicxml.reader import read_musicxml
from mathrock.music.score import NO_PROGRAM


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
    assert [(p.name, p.program) for p in score.parts] == [("Guitar", NO_PROGRAM), ("Bass", 33)]
    once = [(0, 1, 64), (1, 4, 64), (1, 4, 67), (4, 7, 69)]
    expected = [*once, *((on + 7, off + 7, pitch) for on, off, pitch in once), (14, 18, 60)]
    found = [(n.onset / 0.4, n.offset / 0.4, n.pitch) for n in score.parts[0].notes]
    assert found == [pytest.approx(note) for note in expected]
    assert [n.pitch for n in score.parts[1].notes] == [40, 36, 40, 36, 45]


def test_a_song():
    score, warnings = read_musicxml(XML.encode())
    check(score)
    assert warnings == ()


def test_a_compressed_song():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        place = '<container><rootfiles><rootfile full-path="a.xml"/></rootfiles></container>'
        archive.writestr("META-INF/container.xml", place)
        archive.writestr("a.xml", XML)
    check(read_musicxml(data.getvalue())[0])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<score-partwise>", "is damaged or not XML"),
        (b"<html/>", "is XML, but no MusicXML: it begins with <html>"),
        (b"PK\3\4 cut", "is damaged or no compressed MusicXML"),
        (XML.replace('"backward"', '"backward" times="99"').encode(), "repeats 99 times"),
        (XML.replace("<octave>5", "<octave>x").encode(), "can't be read as MusicXML: "),
        (XML.replace('tempo="150"', 'tempo="1"').encode(), "asks for a tempo of 1 quarter"),
    ],
)
def test_bad_data_are_a_sentence(data, reason):
    with pytest.raises(ScoreError) as caught:
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
    (part,) = read_musicxml(xml.encode())[0].parts
    assert part.is_drum
    assert [note.pitch for note in part.notes] == [36]


FORWARD = '<barline location="left"><repeat direction="forward"/></barline>'
BACKWARD = '<barline location="right"><repeat direction="backward"/></barline>'


def ending(number, inside=""):
    begin = f'<barline location="left"><ending number="{number}" type="start"/></barline>'
    end = f'<barline location="right"><ending number="{number}" type="stop"/>{inside}</barline>'
    return begin, end


def words(text):
    return f"<direction><direction-type><words>{text}</words></direction-type></direction>"


def song_of(*parts, head="<attributes><divisions>2</divisions></attributes>"):
    """A part for each list of bars, each bar a whole note, from C up, and its signs."""
    listed = "".join(f'<score-part id="P{i}"><part-name/></score-part>' for i in range(len(parts)))
    written = ""
    for part, bars in enumerate(parts):
        measures = "".join(
            f'<measure number="{i}">{head if i == 0 else ""}{signs}'
            f"{pitch('CDEFGAB'[i], 4, duration=8)}</measure>"
            for i, signs in enumerate(bars)
        )
        written += f'<part id="P{part}">{measures}</part>'
    xml = f"<score-partwise><part-list>{listed}</part-list>{written}</score-partwise>"
    return read_musicxml(xml.encode())


def played(score):
    """The bars that each part plays, as letters."""
    names = {60: "C", 62: "D", 64: "E", 65: "F", 67: "G", 69: "A", 71: "B"}
    return ["".join(names[note.pitch] for note in part.notes) for part in score.parts]


FIRST = "".join(ending(1, '<repeat direction="backward"/>'))


@pytest.mark.parametrize(
    ("bars", "order"),
    [
        ((FORWARD, BACKWARD, ""), "CDCDE"),
        (("", BACKWARD, "", BACKWARD), "CDCDEFEF"),
        ((FORWARD, FIRST, "".join(ending(2)), ""), "CDCEF"),
        (("", words("Fine"), "", words("D.C. al Fine")), "CDEFCD"),
    ],
)
def test_signs_in_one_part_hold_for_all(bars, order):
    score, warnings = song_of(["" for _ in bars], bars)
    assert played(score) == [order, order]
    assert {part.notes[-1].offset for part in score.parts} == {2.0 * len(order)}
    assert warnings == ()


def test_signs_that_make_no_sense_are_told():
    score, warnings = song_of([FORWARD, "", ""])
    assert (played(score), len(score.metres)) == (["CDE"], 1)
    assert warnings == ("the repeat that begins in bar 1 has no end: not repeated",)
    score, warnings = song_of(["", BACKWARD, words("D.C. al Fine")])
    assert played(score) == ["CDCDE"]
    assert warnings == ("its jumps, such as D.C., make no sense: not played",)


def test_without_divisions_a_quarter_is_one():
    score, warnings = song_of(["", ""], head="")
    assert [note.onset for note in score.parts[0].notes] == [0, 4]
    assert warnings == ("says no <divisions>: a <duration> of 1 is a quarter note",)


def test_a_part_on_two_staves_keeps_its_instrument():
    staves = pitch("C", 5, duration=8).replace("</note>", "<staff>1</staff></note>")
    staves += "<backup><duration>8</duration></backup>"
    staves += pitch("C", 3, duration=8).replace("</note>", "<staff>2</staff></note>")
    hit = "<note><unpitched/><duration>8</duration></note>"
    head = "<attributes><divisions>2</divisions><staves>2</staves></attributes>"
    first = ending(1, '<repeat direction="backward"/>')
    bars = (staves, first[0] + staves + first[1], staves.join(ending(2)))
    measures = "".join(
        f'<measure number="{i}">{head if not i else ""}{bar}</measure>'
        for i, bar in enumerate(bars)
    )
    drums = "".join(f'<measure number="{i}">{hit}</measure>' for i in range(3))
    xml = f"""<score-partwise><part-list><score-part id="P1"><part-name>Piano</part-name>
<score-instrument id="I1"><instrument-name>Piano</instrument-name></score-instrument>
<midi-instrument id="I1"><midi-program>5</midi-program></midi-instrument></score-part>
<score-part id="P2"><part-name>Drums</part-name></score-part></part-list>
<part id="P1">{measures}</part><part id="P2">{drums}</part></score-partwise>"""
    drums = xml.replace(hit, head.replace("<staves>2</staves>", "") + hit, 1)
    score, _ = read_musicxml(drums.encode())
    assert [(part.program, part.is_drum) for part in score.parts][:2] == [(4, False)] * 2
    assert [part.is_drum for part in score.parts] == [False, False, True]
    assert [[note.pitch for note in part.notes] for part in score.parts] == [
        [72] * 4,
        [48] * 4,
        [38] * 4,
    ]
