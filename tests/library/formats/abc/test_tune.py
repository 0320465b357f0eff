"""Tunes as a chat model or a person writes them, note by note."""

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.formats.abc.tune import read_abc
from mathrock.formats.errors import ScoreError
from mathrock.music.score import NO_PROGRAM

HEAD = "X:1\nT:T\nM:4/4\nL:1/8\nQ:1/4=60\nK:C\n"


def read(text):
    return read_abc(text.encode())


def notes(text, part=0):
    """(onset, length, pitch) in seconds, which are quarter notes at 60 a minute."""
    score, _ = read(text)
    return [(n.onset, round(n.offset - n.onset, 4), n.pitch) for n in score.parts[part].notes]


def body(music):
    return notes(HEAD + music)


def pitches(music):
    return [pitch for _, _, pitch in body(music)]


SONG = """Here it is:

```abc
X:1
T:Seven to Four
M:7/8
L:1/16
Q:1/4=150
K:Em
V:1 name="Guitar"
V:2 name="Bass" clef=bass

V:1
|: e4 f4 [eg]6- | [eg]2 z4 (3cde B4 :|
[M:4/4] a16 |

V:2
|: E,,14 | B,,14 :|
[M:4/4] A,,16 |
```

Enjoy this riff!
"""


def test_a_whole_song():
    score, warnings = read(SONG)
    assert score.title == "Seven to Four"
    quarter = 60 / 150
    guitar, bass = score.parts
    assert (guitar.name, guitar.program, bass.name) == ("Guitar", NO_PROGRAM, "Bass")
    once = [(0, 1, 76), (1, 1, 78), (2, 2, 76), (2, 2, 79)]
    third = Fraction(1, 6)
    once += [(5, third, 72), (5 + third, third, 74), (5 + 2 * third, third, 76), (5.5, 1, 71)]
    length = 6.5  # the second bar lacks an eighth
    expected = [(at + turn * length, lasts, p) for turn in (0, 1) for at, lasts, p in once]
    expected.append((13, 4, 81))
    for note, (at, lasts, pitch) in zip(guitar.notes, expected, strict=True):
        assert note.onset == pytest.approx(float(at * quarter))
        assert note.offset == pytest.approx(float((at + lasts) * quarter))
        assert note.pitch == pitch
    assert [round(n.onset / quarter, 6) for n in bass.notes] == [0, 3.5, 7, 10.5, 14]
    assert [n.pitch for n in bass.notes] == [40, 47, 40, 47, 45]
    assert warnings == ("its voices last 17 and 18 quarter notes",)


def test_changing_metres_stand_where_they_begin():
    score, _ = read(HEAD.replace("4/4", "7/8") + "c7|c7|[M:4/4]c8|[M:5/4]c10|[M:7/8]c7|]")
    assert score.metres == ((0, 7, 8), (7, 4, 4), (11, 5, 4), (16, 7, 8))


def test_bars_are_as_long_as_they_are_written():
    score, warnings = read(HEAD + "c2|c8|c7|c8|c8|]")
    assert score.metres == ((0, 1, 4), (1, 4, 4), (5, 7, 8), (8.5, 4, 4))
    assert warnings == ("bar 3 of voice 1 lasts 7/8, not 4/4",)


def test_repeats_and_endings():
    once = "|: c8 |1 d8 | e8 :|2 f8 |] g8 |"
    assert pitches(once) == [72, 74, 76, 72, 77, 79]
    assert pitches("c8 | d8 :: e8 :|") == [72, 74, 72, 74, 76, 76]
    assert pitches("c8 |[1 d8 :|[2 e8 ||") == [72, 74, 72, 76]


def test_ties_join_over_bar_lines_and_repeats():
    assert body("c8- | c4 d4 |") == [(0, 6, 72), (6, 2, 74)]
    assert body("[ce]8-|[ce]8|") == [(0, 8, 72), (0, 8, 76)]
    assert body("[c-e]4 c4|") == [(0, 4, 72), (0, 2, 76)]
    assert body("|: c8- :|") == [(0, 8, 72)]
    assert body("^c8-|c8|c8|") == [(0, 8, 73), (8, 4, 72)]
    assert body("c4- d4|") == [(0, 2, 72), (2, 2, 74)]


def test_accidentals_hold_to_the_bar_line():
    assert pitches("^c c =c c _d __d ^^c|c|") == [73, 73, 72, 72, 73, 72, 74, 72]


@pytest.mark.parametrize(
    ("key", "pitch"),
    [
        ("Em", 78),
        ("E minor", 78),
        ("D", 78),
        ("Bb", 77),
        ("F#m", 78),
        ("Cb", 76),
        ("Ddor", 77),
        ("E phr", 77),
        ("Flyd", 77),
        ("C ^f", 78),
        ("none", 77),
        ("G exp _b", 77),
        ("HP", 78),
        ("Em clef=treble-8", 66),
        ("C transpose=-12", 65),
        ("C octave=1", 89),
    ],
)
def test_keys(key, pitch):
    assert notes(HEAD.replace("K:C", f"K:{key}") + "f8|")[0][2] == pitch


def test_lengths():
    assert body("c/ c// c3/2 c/4 c2|")[-1] == (0.25 + 0.125 + 0.75 + 0.125, 1, 72)
    assert body("c>d e<<f|") == [
        (0, 0.75, 72),
        (0.75, 0.25, 74),
        (1, 0.125, 76),
        (1.125, 0.875, 77),
    ]
    assert body("(3ccc d|")[-1] == (1, 0.5, 74)
    assert body("(5:4:5ccccc d|")[-1] == (2, 0.5, 74)
    assert body("[c2e2]2 d z Z c|")[-2:] == [(2, 0.5, 74), (7, 0.5, 72)]


@pytest.mark.parametrize(
    ("field", "bpm"),
    [
        ('"Fast" 1/4=150', 150),
        ("1/8=150", 75),
        ("3/8=100", 150),
        ("1/4 1/8=100", 150),
        ("150", 150),
        ('1/4 = 150 "fast"', 150),
        ('"Allegro"', 120),
    ],
)
def test_tempos(field, bpm):
    score, _ = read(HEAD.replace("Q:1/4=60", f"Q:{field}") + "c8|")
    assert score.tempos[0].bpm == bpm


def test_a_tempo_changes_for_all_voices():
    score, _ = read(HEAD + "V:1\nc8|[Q:1/4=120]c8|\nV:2\nC8|C8|\n")
    assert [tempo.time for tempo in score.tempos] == [0, 4]
    assert [part.notes[1].offset for part in score.parts] == [6, 6]


def test_voices_line_by_line():
    text = HEAD + "[V:1] c8|\n[V:2] C8|\nM:7/8\nL:1/4\n[V:1] c7/2|\n[V:2] C7/2|\n"
    score, warnings = read(text)
    assert warnings == ()
    assert score.metres == ((0, 4, 4), (4, 7, 8))
    assert [[n.offset for n in part.notes] for part in score.parts] == [[4, 7.5], [4, 7.5]]


def test_a_voice_without_repeat_signs_follows_the_others():
    text = HEAD + "V:1\n|:c8|d8:|\nV:2\nC8|D8|\n"
    assert [pitch for *_, pitch in notes(text, 1)] == [60, 62, 60, 62]
    assert read(text)[1] == ("voice 2 is repeated as voice 1 is",)


def test_voices_of_one_bar_overlap():
    assert sorted(body("c8 & e4 g4 |")) == [(0, 2, 76), (0, 4, 72), (2, 2, 79)]


def test_a_percussion_clef_makes_drums():
    score, _ = read(HEAD + "V:1\nc8|\nV:2 clef=perc\nC,,8|\n")
    assert [part.is_drum for part in score.parts] == [False, True]
    assert score.drum_hits[0].pitch == 36


def test_what_is_no_note_is_left_out():
    music = '"Em"c2 {dc}d2 !trill!e2 .f2 | % bar\nw: la la\n%%MIDI program 30\n'
    music += '(g2 Ta2) "^up"b2 y c\'2 |\n'
    assert pitches(music) == [72, 74, 76, 77, 79, 81, 83, 84]
    assert read(HEAD + music)[1] == ()


def test_what_is_not_understood_is_told():
    _, warnings = read(HEAD + "P:A\nc2 # d2 k | !D.C.! |\n")
    assert warnings == (
        "'#' in line 8 and 1 more is no ABC: left out",
        "its jumps, such as D.C., are not played",
    )


def test_the_first_tune_is_taken():
    score, warnings = read(HEAD + "c8|\n\n" + HEAD.replace("X:1", "X:2") + "d8|d8|\n")
    assert [len(part.notes) for part in score.parts] == [1]
    assert warnings == ("holds 2 tunes: the first is taken",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_encodings(encoding):
    score, _ = read_abc((HEAD.replace("T:T", "T:Söng") + "c8|").encode(encoding))
    assert score.title == "Söng"
    assert len(score.pitched_notes) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("A letter.\n\nNo music at all.", "is no ABC: a tune has lines that begin with X: and K:"),
        (HEAD + "c1/0|", "has a length in line 7 that divides by 0"),
        (HEAD.replace("=60", "=0") + "c8|", "asks for a tempo of 0 quarter notes a minute"),
        (HEAD + "c9999|" * 3, "lasts 250 minutes, more than 60"),
        (HEAD + "c0|", "has a note without length, c0, in line 7"),
        (HEAD + "[ce]0|", "has a chord without length, [ce]0, in line 7"),
    ],
)
def test_a_bad_tune_is_a_sentence(text, reason):
    with pytest.raises(ScoreError) as caught:
        read(text)
    assert str(caught.value) == reason


@given(st.text(alphabet="abcCG^_=',/|:[]1234567890()<>-zZ&{}\"! \nMLQKV", max_size=80))
def test_no_text_is_too_odd(music):
    with contextlib.suppress(ScoreError):
        score, _ = read(HEAD + music)
        assert all(0 <= n.pitch <= 127 and n.offset > n.onset for n in score.pitched_notes)


PITCHES = st.integers(24, 100)
NAMES = ("C", "^C", "D", "^D", "E", "F", "^F", "G", "^G", "A", "^A", "B")


def spelt(pitch, eighths):
    name, octave = NAMES[pitch % 12], pitch // 12 - 5
    name = name if name.startswith("^") else "=" + name
    return name + ("'" * octave if octave > 0 else "," * -octave) + str(eighths)


@given(st.lists(st.tuples(PITCHES, st.integers(1, 14)), min_size=1, max_size=20))
def test_written_notes_are_read_again(wanted):
    found = body(" ".join(f"{spelt(pitch, eighths)} |" for pitch, eighths in wanted))
    at, expected = 0.0, []
    for pitch, eighths in wanted:
        expected.append((at, eighths / 2, pitch))
        at += eighths / 2
    assert found == expected


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_is_too_odd(data):
    with contextlib.suppress(ScoreError):
        read_abc(data)


@given(st.text(alphabet="abcCG^_=',/|:[]1234567890()<>-zZ&{}\"!% \nXMLQKVI`", max_size=120))
def test_no_text_like_abc_is_too_odd(text):
    for odd in (text, "X:1\nK:C\n" + text):
        with contextlib.suppress(ScoreError):
            read(odd)


def test_a_length_has_one_slash_and_a_word_a_closing_quote():
    score, warnings = read(HEAD + 'c3/2/2 d2 | "Em e2 |\n')
    assert score.parts[0].notes[0].offset == 0.75
    assert warnings == ("'/' in line 7 and 3 more is no ABC: left out",)


CHAT = """Sure! Here is a song: it has a riff | and a bass line.

{fence}X:1
T:Riff
M:4/4
L:1/4
Q:1/4=60
K:C
V:1
c d e f |
V:2

C D E F |
{end}Enjoy it | and have fun!
| Section | Bars |
|:---|---:|
| A | 1 |

Note: this is in A minor | yes
Ok
Have a good day, cabbage!
"""


@pytest.mark.parametrize(("fence", "end"), [("```abc\n", "```\n"), ("", ""), ("", "\n")])
def test_what_a_chat_model_says_around_its_tune_is_not_played(fence, end):
    score, warnings = read(CHAT.format(fence=fence, end=end))
    assert [[note.pitch for note in part.notes] for part in score.parts] == [
        [72, 74, 76, 77],
        [60, 62, 64, 65],
    ]
    assert all(part.notes[-1].offset == 4 for part in score.parts)
    assert len(warnings) == (0 if fence else 1)
    assert fence or warnings[0].endswith(" and 4 more reads like words, not music: left out")


def test_words_between_voices_do_not_end_a_tune():
    text = HEAD + 'V:1\nc8|\nAnd now the bass:\n\nV:2\nC4 D4|\n[CEGcegbd]8 "^slowly"A8|\n'
    score, warnings = read(text + "!fermata!Abcd AB|\n")
    assert [len(part.notes) for part in score.parts] == [1, 17]
    assert not any("words" in warning for warning in warnings)


def test_midi_names_instruments():
    text = HEAD.replace("K:C", "V:1\n%%MIDI program 30\nV:2\n%%MIDI program 2 33\nV:3\nK:C")
    text += "V:1\nc8|\nV:2\nC8|\nV:3\n%%MIDI channel 10\nC,,8|\n"
    score, warnings = read(text)
    assert [(p.program, p.is_drum) for p in score.parts[:2]] == [(30, False), (33, False)]
    assert score.parts[2].is_drum
    assert warnings == ()
    assert read(HEAD + "%%MIDI program 5\nc8|\n")[0].parts[0].program == 5
    assert read(HEAD + "[I:MIDI program 6]c8|\n")[0].parts[0].program == 6


def test_free_metre_without_bar_lines_is_none():
    assert read(HEAD.replace("M:4/4", "M:none") + "c8 d8 e4\n")[0].metres == ()
    assert read(HEAD.replace("M:4/4", "M:none") + "c7|d8|\n")[0].metres == ((0, 7, 8), (3.5, 4, 4))


def test_voices_of_one_name_are_two():
    text = HEAD + 'V:1 name="G"\n|:c8|d8:|\nV:2 name="G"\nC8|D8|E8|\n'
    assert [len(part.notes) for part in read(text)[0].parts] == [4, 3]
