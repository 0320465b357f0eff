"""MusicXML by hand: what is asked for, note by note."""

import io
import zipfile

import pytest

from mathrock.formats.errors import ScoreError
from mathrock.formats.musicxml.reader import read_musicxml
from mathrock.music.score import NO_PROGRAM
from xml_scores import BACKWARD, FORWARD, WHOLE_BAR, attributes, note, score, sound, words


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


def ending(number, inside=""):
    begin = f'<barline location="left"><ending number="{number}" type="start"/></barline>'
    end = f'<barline location="right"><ending number="{number}" type="stop"/>{inside}</barline>'
    return begin, end


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


def starts_of(*parts, head=None):
    """Where the last note of the first part begins, in quarter notes, and the metres."""
    found, _ = read_musicxml(score(*parts, head=head))
    last = max(n.onset for n in found.parts[0].notes)
    return 2 * last, [metre[1:] for metre in found.metres]


FULL = note("C", 4)
PICKUP = note("G", 1)


@pytest.mark.parametrize(
    "rest",
    [
        note(WHOLE_BAR, 1),
        note(WHOLE_BAR, 4),
        note(WHOLE_BAR, 999),
        note("<rest/>", 4),
        note("<rest/>", 4, "<type>whole</type>"),
        note("<rest/>", 1) * 1,
        "<forward><duration>4</duration></forward>",
        "",
        note(WHOLE_BAR, 1) + "<backup><duration>1</duration></backup>" + note(WHOLE_BAR, 4),
    ],
)
@pytest.mark.parametrize("length", [1, 3])
def test_whole_bar_rests_stretch_no_bar(rest, length):
    begin = note("G", length)
    assert starts_of([begin, FULL, FULL], [rest, FULL, FULL])[0] == length + 4
    assert starts_of([FULL, begin, FULL], [FULL, rest, FULL])[0] == length + 4
    assert starts_of([FULL, begin, FULL], [FULL])[0] == length + 4


@pytest.mark.parametrize(
    ("bars", "last"),
    [
        (([PICKUP, FULL], [FULL, FULL]), 4),
        (([note("C", 7), FULL], [FULL, FULL]), 7),
        (([note("C", 6) + note("<rest/>", 1), FULL], [note(WHOLE_BAR, 4), FULL]), 7),
        (([note("C", 2) + note("<rest/>", 2), FULL], [note("C", 2)]), 4),
        (([note("C", 2), FULL], [note("<rest/>", 2) + note("<rest/>", 2)]), 4),
        (([FULL, FULL], [note("<rest/>", 4) * 2]), 4),
        (([note("C", 3.99), FULL],), 4),
        (([note("C", 4.01), FULL],), 4),
        (([note("C", 3.5), FULL],), 3.5),
        (([note(WHOLE_BAR, 4), FULL], [note(WHOLE_BAR, 4), FULL]), 4),
        (([note(WHOLE_BAR, 3), FULL], [note(WHOLE_BAR, 4), FULL]), 3),
        (([note(WHOLE_BAR, 999), FULL],), 4),
        ((["", FULL], [""]), 4),
        (([note("C", inside="<cue/>"), FULL], [note(WHOLE_BAR, 4)]), 1),
    ],
)
def test_bars_are_as_long_as_their_notes_and_rests(bars, last):
    assert starts_of(*bars)[0] == last


@pytest.mark.parametrize(
    ("time", "metre"),
    [
        ("<beats>7</beats><beat-type>8</beat-type>", (7, 8)),
        ("<beats>3+2+2</beats><beat-type>8</beat-type>", (7, 8)),
        ("<beats> 7 </beats><beat-type> 8 </beat-type>", (7, 8)),
        (
            "<beats>2</beats><beat-type>4</beat-type><beats>3</beats><beat-type>8</beat-type>",
            (7, 8),
        ),
    ],
)
def test_metres(time, metre):
    head = f"<attributes><divisions>1</divisions><time>{time}</time></attributes>"
    assert starts_of([note("C", 3.5), note("C", 3.5)], head=head) == (3.5, [metre])
    assert starts_of(["", note("C", 3.5)], head=head) == (3.5, [metre])


@pytest.mark.parametrize(
    "time",
    [
        "<beats>999999999</beats><beat-type>4</beat-type>",
        "<beats>4</beats><beat-type>999999999</beat-type>",
        "<beats>4</beats><beat-type>0</beat-type>",
        "<beats>0</beats><beat-type>4</beat-type>",
        "<beats>-4</beats><beat-type>-4</beat-type>",
        "<beats>4</beats><beat-type>3</beat-type>",
        "<beats>a</beats><beat-type>b</beat-type>",
        "<beats>4</beats>",
        "",
    ],
)
def test_metres_that_cannot_be_are_ignored(time):
    head = f"<attributes><divisions>1</divisions><time>{time}</time></attributes>"
    found, warnings = read_musicxml(score([FULL, FULL], head=head))
    assert [metre[1:] for metre in found.metres] == [(4, 4)]
    assert warnings == ("has a metre that can't be read: ignored",)


def test_free_metre():
    head = "<attributes><divisions>1</divisions><time><senza-misura/></time></attributes>"
    assert starts_of([note("C", 5), FULL], head=head) == (5, [(5, 4), (4, 4)])


def bpms(*bars):
    return [(2 * t.time, t.bpm) for t in read_musicxml(score(bars))[0].tempos]


def test_tempos_have_places():
    assert bpms(FULL, FULL + sound(tempo=60)) == [(0, 120), (8, 60)]
    assert bpms(note("C", 2) + sound(tempo=60) + note("C", 2)) == [(0, 120), (2, 60)]
    late = words("q = 60").replace("</direction>", "<offset>2</offset></direction>")
    assert bpms(late + FULL) == [(0, 120), (2, 60)]
    assert bpms(sound(tempo=60) + words("Allegro") + words("q = 90") + FULL) == [(0, 60)]


def test_after_a_jump_back_the_tempo_is_what_it_was_there():
    bars = [FULL, sound(tempo=60) + FULL + BACKWARD]
    assert [bpm for _, bpm in bpms(*bars)] == [120, 60, 120, 60]
    bars = [sound(tempo=90) + FULL, FULL, sound(tempo=60, time_only="1") + FULL + BACKWARD]
    assert [bpm for _, bpm in bpms(*bars)] == [90, 60, 90]


def test_what_asks_for_too_much_is_refused():
    with pytest.raises(ScoreError, match=r"lasts \d+ minutes, more than 60"):
        read_musicxml(score([note("C", 999999999)]))
    times = BACKWARD.replace("/></b", ' times="16"/></b')
    many = score([note("C", 0.001) * 500 + times] * 20)
    with pytest.raises(ScoreError, match="has 160000 notes, more than 100000"):
        read_musicxml(many)


def test_scores_by_time_and_titles():
    bars = [f'<part id="P0">{bar}</part>' for bar in (attributes() + FULL, note("E", 4))]
    measures = "".join(f"<measure>{bar}</measure>" for bar in bars)
    xml = f"""<score-timewise><movement-title> A
    song </movement-title><part-list/>{measures}</score-timewise>"""
    found, warnings = read_musicxml(xml.encode())
    assert (found.title, warnings) == ("A song", ())
    assert [note.pitch for note in found.parts[0].notes] == [60, 64]
