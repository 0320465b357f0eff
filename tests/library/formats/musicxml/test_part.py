"""What a part plays: notes as (start in quarter notes, MIDI pitch, length in quarter notes)."""

import pytest

from mathrock.formats.errors import ScoreError
from mathrock.formats.musicxml.reader import read_musicxml
from xml_scores import WHOLE_BAR, attributes, chord, note, score, words

REST = "<rest/>"


def parts_of(*parts, **kinds):
    found, warnings = read_musicxml(score(*parts, **kinds))
    return found.parts, warnings


def play(*bars, **kinds):
    """The notes of the only part, at 120 quarter notes a minute."""
    parts, _ = parts_of(list(bars), **kinds)
    return [(2 * n.onset, n.pitch, 2 * (n.offset - n.onset)) for n in parts[0].notes]


def move(name, duration):
    return f"<{name}><duration>{duration}</duration></{name}>"


@pytest.mark.parametrize(
    ("bar", "notes"),
    [
        (note("C") + note("E"), [(0, 60, 1), (1, 64, 1)]),
        (note("C") + chord("E") + note("G"), [(0, 60, 1), (0, 64, 1), (1, 67, 1)]),
        (note("C", 2) + words("x") + chord("E", 1), [(0, 60, 2), (0, 64, 1)]),
        (note("C") + note(REST) + note("E"), [(0, 60, 1), (2, 64, 1)]),
        (note("C", 4) + move("backup", 4) + note("E"), [(0, 60, 4), (0, 64, 1)]),
        (note("C") + move("forward", 2) + note("E"), [(0, 60, 1), (3, 64, 1)]),
        (note("C") + move("backup", 9) + note("E"), [(0, 60, 1), (0, 64, 1)]),
        (note("C") + move("backup", -3) + note("E"), [(0, 60, 1), (1, 64, 1)]),
        (note("C") + move("forward", "x") + note("E"), [(0, 60, 1), (1, 64, 1)]),
        (note("C", inside="<cue/>") + note("E"), [(1, 64, 1)]),
        (note("C", inside="<grace/>") + note("E"), [(0, 64, 1)]),
        (note("C", "0.5") + note("E", 1.5), [(0, 60, 0.5), (0.5, 64, 1.5)]),
        (note("C", 0) + note("E"), [(0, 64, 1)]),
        (note("C", -1) + note("E"), [(0, 64, 1)]),
        (note("C", "9" * 99) + note("E"), [(0, 64, 1)]),
        (chord("C") + note("E"), [(0, 60, 1), (0, 64, 1)]),
    ],
)
def test_notes(bar, notes):
    assert sorted(play(bar)) == notes


@pytest.mark.parametrize(
    ("inside", "length"),
    [
        ("<type>eighth</type>", 0.5),
        ("<type>quarter</type><dot/>", 1.5),
        ("<type>half</type><dot/><dot/>", 3.5),
        (
            "<type>quarter</type><time-modification><actual-notes>3</actual-notes>"
            "<normal-notes>2</normal-notes></time-modification>",
            pytest.approx(2 / 3),
        ),
    ],
)
def test_the_type_counts_where_there_is_no_duration(inside, length):
    bar = note("C", inside=inside).replace("<duration>1</duration>", "") + note("E")
    assert play(bar) == [(0, 60, length), (length, 64, 1)]
    bar = note("C", 12345, inside=inside) + note("E", 12345, inside=inside)
    assert play(bar, head="") == [(0, 60, length), (length, 64, length)]


@pytest.mark.parametrize("divisions", ["0", "-4", "x", "", "9" * 50])
def test_odd_divisions_are_none(divisions):
    parts, warnings = parts_of([note("C", 4)], head=attributes(divisions=divisions))
    assert [n.offset for n in parts[0].notes] == [2]
    assert warnings == ("says no <divisions>: a <duration> of 1 is a quarter note",)


def test_divisions_may_change_and_be_odd():
    head = attributes(divisions=1)
    bars = [note("C", 4), "<attributes><divisions>7</divisions></attributes>" + note("E", 28)]
    bars.append("<attributes><divisions>999983</divisions></attributes>" + note("G", 999983))
    bars.append("<attributes><divisions>999979</divisions></attributes>" + note("G", 999979))
    lengths = [length for _, _, length in play(*bars, head=head)]
    assert lengths == [4, 4, pytest.approx(1), pytest.approx(1)]


def tie(kind):
    return f'<tie type="{kind}"/>'


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (tie("start"), tie("stop")),
        ('<notations><tied type="start"/></notations>', ""),
        (tie("stop") + tie("start"), ""),
    ],
)
def test_ties(first, second):
    assert play(note("C", 4, first), note("C", 4, second)) == [(0, 60, 8)]


def test_slurs_and_ends_of_ties_are_no_ties():
    ends = '<notations><slur type="start"/><tied type="stop"/></notations>'
    assert len(play(note("C", 4, tie("stop")), note("C", 4, ends), note("C", 4))) == 3


def transpose(inside, staff=""):
    number = f' number="{staff}"' if staff else ""
    return f"<transpose{number}>{inside}</transpose>"


@pytest.mark.parametrize(
    ("inside", "shift"),
    [
        ("<chromatic>-2</chromatic>", -2),
        ("<diatonic>-1</diatonic><chromatic>-2</chromatic>", -2),
        ("<octave-change>-1</octave-change>", -12),
        ("<octave-change>2</octave-change>", 24),
        ("<chromatic>0</chromatic><octave-change>-1</octave-change>", -12),
        ("<chromatic>-9</chromatic><octave-change>-1</octave-change>", -21),
        ("<diatonic>-1</diatonic>", -2),
        ("<diatonic>-2</diatonic>", -3),
        ("<diatonic>-5</diatonic>", -9),
        ("<diatonic>2</diatonic>", 3),
        ("<diatonic>4</diatonic>", 7),
        ("<diatonic>-7</diatonic>", -12),
        ("<diatonic>-1</diatonic><octave-change>-1</octave-change>", -14),
        ("<chromatic>x</chromatic>", 0),
        ("", 0),
    ],
)
def test_transpositions(inside, shift):
    head = attributes(transpose(inside))
    assert [pitch for _, pitch, _ in play(note("C", 4), head=head)] == [60 + shift]


def test_transpositions_change_and_end():
    bars = [note("C", 4)]
    for inside in ("<chromatic>-2</chromatic>", "<octave-change>1</octave-change>", ""):
        bars.append(f"<attributes>{transpose(inside)}</attributes>" + note("C", 4))
    bars.append(note("C", 4))
    assert [pitch for _, pitch, _ in play(*bars)] == [60, 58, 72, 60, 60]


def test_a_staff_has_its_own_transposition():
    head = attributes(transpose("<octave-change>-1</octave-change>", 2) + "<staves>2</staves>")
    bar = note("C", 4, "<staff>1</staff>") + move("backup", 4) + note("C", 4, "<staff>2</staff>")
    parts, _ = parts_of([bar], head=head)
    assert [n.pitch for part in parts for n in part.notes] == [60, 48]


def test_doubled_notes_sound_in_both_octaves():
    head = attributes(transpose("<octave-change>0</octave-change><double/>"))
    assert [pitch for _, pitch, _ in play(note("C", 4), head=head)] == [48, 60]
    above = transpose('<chromatic>-2</chromatic><double above="yes"/>')
    assert [pitch for _, pitch, _ in play(note("C", 4), head=attributes(above))] == [58, 70]


@pytest.mark.parametrize(
    ("step", "alter", "octave", "pitch"),
    [
        ("C", "1", 4, 61),
        ("B", "-2", 3, 57),
        ("c", "", 4, 60),
        ("A", "0.5", 4, 70),
        ("C", "x", 4, 60),
        ("G", "0", 9, 127),
        ("C", "0", -1, 0),
        ("B", "1", 9, 127),
        ("C", "-1", -1, 0),
    ],
)
def test_pitches(step, alter, octave, pitch):
    bar = note(step, octave=octave).replace("<octave>", f"<alter>{alter}</alter><octave>")
    assert [found for _, found, _ in play(bar)] == [pitch]


@pytest.mark.parametrize(("step", "octave"), [("H", 4), ("", 4), ("C", "x"), ("C", 99), ("C", "٣")])
def test_pitches_that_cannot_be_read_are_refused(step, octave):
    with pytest.raises(ScoreError, match=r"can't be read as MusicXML: no note is '.?' in '"):
        play(note("C", octave=octave).replace("<step>C", f"<step>{step}"))


HIT = "<unpitched><display-step>B</display-step><display-octave>4</display-octave></unpitched>"
SLASH = "<notehead>slash</notehead>"


def instrument(number=1, name="", channel="", key="", program=""):
    inside = f"<midi-channel>{channel}</midi-channel>" if channel else ""
    inside += f"<midi-program>{program}</midi-program>" if program else ""
    inside += f"<midi-unpitched>{key}</midi-unpitched>" if key else ""
    return (
        f'<score-instrument id="I{number}"><instrument-name>{name}</instrument-name>'
        f'</score-instrument><midi-instrument id="I{number}">{inside}</midi-instrument>'
    )


def sounds(bars, listed=""):
    parts, warnings = parts_of(bars, listed=[listed])
    return [(p.program, p.is_drum, [n.pitch for n in p.notes]) for p in parts], warnings


def test_one_slash_makes_no_drums_of_a_guitar():
    guitar = instrument(name="Guitar", channel=1, program=31)
    for unpitched, told in (
        (note(HIT, 1, SLASH), "has slashes, which are no notes: left out"),
        (note(HIT, 1), "has notes without a pitch in a pitched part: left out"),
    ):
        found, warnings = sounds([note("C") + unpitched + note("E", 2)], guitar)
        assert found == [(30, False, [60, 64])]
        assert warnings == (told,)


def test_a_part_of_slashes_has_no_notes():
    assert sounds([note(HIT, 1, SLASH) * 4]) == ([], ("has slashes, which are no notes: left out",))


def test_drums_of_a_pitched_part_are_beside_it():
    listed = instrument(1, "Piano", 1, program=1) + instrument(2, "Snare", 10, 39)
    hit = note(HIT, 1, '<instrument id="I2"/>')
    found, warnings = sounds([note("C", 1, '<instrument id="I1"/>') * 3 + hit], listed)
    assert found == [(0, False, [60] * 3), (-1, True, [38])]
    assert warnings == ()


@pytest.mark.parametrize(
    ("listed", "pitches"),
    [
        ("", [38]),
        (instrument(name="Kick"), [36]),
        (instrument(name="Bass Drum"), [36]),
        (instrument(name="Crash Cymbal", channel=10), [49]),
        (instrument(name="Snare", channel=10, key=43), [42]),
        (instrument(name="Snare", channel=10, key=0), [38]),
        (instrument(name="Snare", channel=10, key=999), [38]),
    ],
)
def test_drum_keys(listed, pitches):
    assert sounds([note(HIT, 4)], listed) == ([(-1, True, pitches)], ())


def test_pitched_notes_on_the_drum_channel_are_drums():
    assert sounds([note("C", 4, octave=2)], instrument(channel=10))[0] == [(-1, True, [36])]
    assert sounds([note("C", 4)], instrument(channel=10, key=39))[0] == [(-1, True, [38])]


def test_staves_may_be_of_different_kinds():
    head = attributes("<staves>2</staves>")
    bar = note("C", 4, "<staff>1</staff>") + move("backup", 4) + note(HIT, 4, "<staff>2</staff>")
    parts, _ = parts_of([bar, bar], head=head)
    assert [(p.is_drum, [n.pitch for n in p.notes]) for p in parts] == [
        (False, [60, 60]),
        (True, [38, 38]),
    ]


def test_notes_of_one_pass():
    repeat = '<barline location="right"><repeat direction="backward"/></barline>'
    first = note("E").replace("<note>", '<note time-only="1">')
    second = note("G").replace("<note>", '<note time-only="2">')
    assert [pitch for _, pitch, _ in play(note("C") + first + second + repeat)] == [60, 64, 60, 67]


def test_a_part_that_only_rests():
    assert parts_of([note(WHOLE_BAR, 4)]) == ([], ())
