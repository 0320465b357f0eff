"""ABC as it is found: odd bar lines, clefs, words, ties; and as strangers make it: without end."""

from contextlib import suppress

import pytest

from mathrock.formats.abc.tune import read_abc
from mathrock.formats.errors import ScoreError


def heard(music, header="", key="C"):
    tune = f"X:1\nT:t\nM:4/4\nL:1/4\nQ:1/4=60\n{header}K:{key}\n{music}\n"
    score, _ = read_abc(tune.encode())
    return [note.pitch for note in score.pitched_notes]


@pytest.mark.parametrize(
    "field",
    [
        "bass",
        "clef=bass",
        "treble",
        "alto",
        "middle=d",
        "octave=0",
        "stafflines=1",
        "perc=no",
        "Bass",
    ],
)
@pytest.mark.parametrize("form", ["[K:{}]", "\nK:{}\n"])
def test_a_field_that_names_no_key_keeps_the_key(field, form):
    assert heard(f"FGcd|{form.format(field)}FGcd|", key="D") == [66, 67, 73, 74] * 2


def test_a_clef_shifts_until_the_next_clef():
    assert heard("C|[K:bass-8]C|[K:treble]C|[K:treble^8]C|[K:G]C|") == [60, 48, 60, 72, 72]


@pytest.mark.parametrize(
    "bar",
    [
        ":|",
        ":|]",
        "[|]:|",
        "|]:|",
        ":||",
        ":[|]",
        "::",
        ":|:",
        ":||:",
        ":|]|:",
        ":::",
        ":[|:",
        ".|:|",
    ],
)
def test_a_cluster_that_closes_a_repeat(bar):
    assert heard(f"|:CDEF|GABc {bar} C4|")[:17] == [60, 62, 64, 65, 67, 69, 71, 72] * 2 + [60]


@pytest.mark.parametrize("bar", ["|", "||", "|]", "[|", "[|]", ".|", "|[|", "||[|", "|]|"])
def test_a_cluster_that_repeats_nothing(bar):
    assert heard(f"CDEF {bar} GABc |") == [60, 62, 64, 65, 67, 69, 71, 72]


@pytest.mark.parametrize("bar", ["|:", "[|:", "||:", "|[|:", "|]|:"])
def test_a_cluster_that_opens_a_repeat(bar):
    assert heard(f"C4 {bar} DEFG :|") == [60, *[62, 64, 65, 67] * 2]


@pytest.mark.parametrize(
    "words",
    [
        "w: la la\n+: be add",
        "w: la la\n+: be\n+: add",
        "w: la la \\\nbe add bad dad",
        "W: be add \\\n bead | dab",
        "%%begintext\nCDEF|GABc|\n%%endtext",
        "%%text CDEF",
        "N: a cab | bead",
        "s: !f! * |\n+: !p! |",
        "r: bad | dad",
    ],
)
def test_words_are_not_played(words):
    assert heard(f"CDEF|\n{words}\nGABc|") == [60, 62, 64, 65, 67, 69, 71, 72]


def test_letters_that_the_tune_defines_are_no_notes_and_no_words():
    music = "CDEF|\nkcakebkade|\nwGwAwBwc|"
    assert heard(music, "U:k=!plus!\nU: w = !trill!\n")[4:] == [
        *[72, 81, 76, 83, 81, 74, 76],
        *[67, 69, 71, 72],
    ]


@pytest.mark.parametrize(
    ("line", "shift"),
    [
        ("%%MIDI transpose -12", -12),
        ("%%MIDI transpose 2", 2),
        ("%%MIDI rtranspose 3", 3),
        ("I:MIDI=transpose -5", -5),
        ("[I:MIDI transpose -5]", -5),
        ("K:C transpose=-3", -3),
        ("K:C octave=-1", -12),
        ("K:C shift=CD", 2),
        ("K:C sound=cB,", -13),
        ("%%MIDI    transpose    7", 7),
    ],
)
def test_transpositions(line, shift):
    assert heard(f"{line}\nCDEF|") == [pitch + shift for pitch in (60, 62, 64, 65)]


@pytest.mark.parametrize(
    ("music", "lengths"),
    [
        ("C4 -|C4|", [8]),
        ("C4- |C4|", [8]),
        ("C4 | -C4|", [8]),
        ("C2 - C2|", [4]),
        ("[CE]4 -|[CE]4|", [8, 8]),
        ("^C4 -|C4|", [8]),
        ("C4 -|D4|", [4, 4]),
        ("C4.-|C4|", [8]),
    ],
)
def test_a_tie_may_stand_apart(music, lengths):
    score, _ = read_abc(f"X:1\nM:4/4\nL:1/4\nQ:1/4=60\nK:C\n{music}\n".encode())
    assert [note.offset - note.onset for note in score.pitched_notes] == lengths


def test_chords_of_old_abc_and_fingerings_in_plus_signs():
    assert heard("+C2E2+ D2|") == [60, 64, 62]
    assert heard("+1+C +3+E +2+D2|") == heard("+ff+CED2|") == [60, 64, 62]


def test_letters_that_nobody_defined_stand_before_notes():
    assert heard("CDEF|\nvkgu((3B/c/B/AB) kgBkaB | kdBAB |")[4:] == heard(
        "g((3B/c/B/AB) gBaB | dBAB |"
    )


def test_accidentals_of_a_key_may_follow_each_other():
    assert heard("FcA|", key="C^f^c^a") == [66, 73, 70]


@pytest.mark.parametrize(
    ("chord", "pitches"),
    [
        ("[C2z2]", [60]),
        ("[C(EG)]", [60, 64, 67]),
        ("[uC.E~G]", [60, 64, 67]),
        ('["Am"A,C "x"E]', [57, 60, 64]),
    ],
)
def test_what_stands_in_a_chord_beside_notes(chord, pitches):
    assert heard(f"{chord}4|") == pitches


@pytest.mark.parametrize("music", ["|:CDEF||\n:GABc:|", "CDEF|\n:GA|Bc:\n|", "CDEF|\n:GABc:|:c4:|"])
def test_half_a_repeat_sign_at_the_edge_of_a_line(music):
    assert heard(music)[:12] == [60, 62, 64, 65, *[67, 69, 71, 72] * 2]


@pytest.mark.parametrize("number", ["1", " 1", "[1", " [1"])
def test_the_number_of_an_ending_may_stand_apart(number):
    music = f"|:CDEF|{number} G4 :|{number.replace('1', '2')} A4 |]"
    assert heard(music) == [60, 62, 64, 65, 67, 60, 62, 64, 65, 69]


@pytest.mark.parametrize(
    ("directive", "pitches"),
    [
        ("", [66, 66, 78]),
        ("I:propagate-accidentals pitch", [66, 66, 78]),
        ("I:propagate-accidentals octave", [66, 66, 77]),
        ("%%propagate-accidentals not", [66, 65, 77]),
        ("%%MIDI nobarlines", [66, 65, 77]),
    ],
)
def test_how_far_an_accidental_holds(directive, pitches):
    assert heard("^FFf|", f"{directive}\n" if directive else "") == pitches


def test_a_broken_rhythm_and_a_tie_count_once():
    score, _ = read_abc(f"X:1\nL:1/4\nQ:1/4=60\nK:C\nC{'<' * 3000}D E{'- ' * 9}E|\n".encode())
    assert [note.offset for note in score.pitched_notes] == [0.125, 2, 4]


MANY = 100_000
VOICES = "".join(f"V:{n}\nC|\n" for n in range(100))


@pytest.mark.parametrize(
    "music",
    [
        "[K:" * MANY,
        "{" * MANY,
        '"' * MANY,
        "!" * MANY,
        "[" * MANY,
        "[C" * MANY,
        "%%MIDI" + " " * MANY + "x",
        "\n".join(f"V:{n}" for n in range(MANY)),
        "\n".join(["M:4/4\nV:1"] * MANY),
        "V:1 clef=bass " * MANY,
        "[1" + ",1" * MANY,
        "C:|" * 30_000,
        "[1C:|" * 30_000,
        "-" * MANY,
        "(3" * MANY,
        ":" * MANY,
        "C/97C/89C/83C/79C/73" * 10_000,
        "\n" * 10 * MANY,
        "w: la\\\n" * MANY,
        "[" + "C" * MANY + "]" + "- " * MANY,
        "[" + "C" * MANY + "]" + "<" * MANY,
        "|:" + "z[Q:90]" * 50_000 + "C:::::|",
        VOICES + "K:D\n" * 90_000 + "V:1",
        VOICES + "K:D\nV:1\n" * 49_000,
        "V:" + "a" * MANY + "\nC|C2|C|",
        "C" + "," * MANY + "0|",
    ],
)
def test_time_is_linear_in_the_size_of_a_tune(music):
    with suppress(ScoreError):  # nothing is asserted but that it ends: the test's time is watched
        read_abc(f"X:1\nM:4/4\nL:1/4\nK:C\n{music}\nC|\n".encode())


@pytest.mark.parametrize(
    ("music", "reason"),
    [
        ("\n".join(f"V:{n}\nC|" for n in range(200)), "has more than 100 voices"),
        ("C" * 100_001, "has more than 100000 notes"),
        ("C|" * 20_002, "has more than 20000 bars"),
        ("C/513", "has a note whose length is divided by 513"),
        (VOICES + "K:D\nV:1\n" * 2000, "has more than 100000 changes of key, metre and tempo"),
        (
            "\n".join(f"V:{n}\n|:{'C|' * 500}:::|" for n in range(99)),
            "has more than 100000 bars in all its voices",
        ),
        ("\n".join(f"V:{n}\n|:{'C' * 500}:::|" for n in range(99)), "has more than 100000 notes"),
        ("z[Q:90]" * 20_001 + "C", "has more than 20000 changes of tempo"),
    ],
)
def test_more_than_a_song_has_is_refused(music, reason):
    with pytest.raises(ScoreError, match=reason):
        read_abc(f"X:1\nM:4/4\nL:1/4\nK:C\n{music}\n".encode())
