"""The order in which bars are played: bars of one whole note, from C up."""

import pytest

from mathrock.files.limits import MAX_BARS
from mathrock.formats.errors import ScoreError
from mathrock.formats.musicxml.reader import read_musicxml
from xml_scores import BACKWARD, FORWARD, ending, first_ending, note, score, sound, words

LETTERS = "CDEFGAB"
FIRST = first_ending()
LAST = ending(2)
FINE, CODA, SEGNO = words("Fine"), words("<coda/>"), words("<segno/>")
TO_CODA = words("To Coda")


def play(*bars):
    """The bars that are played, as letters, and the warnings.

    Signs stand before the note of their bar, those after a / behind it.
    """
    written = []
    for letter, signs in zip(LETTERS, bars, strict=False):
        before, _, after = signs.partition("//")
        written.append(before + note(letter, 4) + after)
    found, warnings = read_musicxml(score(written))
    return "".join(LETTERS[(n.pitch - 60 + 1) // 2] for n in found.parts[0].notes), warnings


@pytest.mark.parametrize(
    ("bars", "order"),
    [
        ((FORWARD, BACKWARD, ""), "CDCDE"),
        (("", BACKWARD, ""), "CDCDE"),
        (("", BACKWARD, "", BACKWARD, ""), "CDCDEFEFG"),
        ((FORWARD, FIRST, LAST, ""), "CDCEF"),
        (("", FIRST, LAST, ""), "CDCEF"),
        (("", first_ending("1, 2"), ending(3)), "CDCDCE"),
        (("", first_ending("1-2"), ending(3)), "CDCDCE"),
        (("", FIRST, first_ending(2), ending(3)), "CDCECF"),
        (("", FIRST, ending(2, stop="discontinue"), ""), "CDCEF"),
        (("", FIRST, ending(2, stop=""), "", BACKWARD), "CDCEFG"),
        (("", ending(1), ending(2), ""), "CDCEF"),
        (("", ending(1), BACKWARD, ending(2), ""), "CDECFG"),
        (("", BACKWARD.replace("/></b", ' times="3"/></b'), ""), "CDCDCDE"),
        (("", BACKWARD.replace("/></b", ' times="many"/></b'), ""), "CDCDE"),
        (("", sound(forward_repeat="yes"), BACKWARD), "CDEDE"),
        (("", "", BACKWARD.replace("right", "left")), "CDCDE"),
        ((FORWARD.replace("left", "right"), "", BACKWARD), "CDEDE"),
    ],
)
def test_repeats(bars, order):
    assert play(*bars) == (order, ())


@pytest.mark.parametrize(
    "text", ["D.C.", "D. C.", "DC", "Da Capo", "da capo", "D.C. senza rep.", "D.C. con rep."]
)
def test_da_capo_in_words(text):
    assert play("", words(text)) == ("CDCD", ())


@pytest.mark.parametrize(
    "text", ["DC area", "Chords: D C G", "Da", "Fine tuning", "D", "Coda of x"]
)
def test_other_words(text):
    assert play("", words(text)) == ("CD", ())


@pytest.mark.parametrize(
    ("fine", "jump"),
    [
        (FINE, words("D.C. al Fine")),
        (words("fine."), words("Da Capo al Fine")),
        (words("FINE"), words("D.C.", "al", "Fine")),
        (sound(fine="yes"), sound(dacapo="yes")),
        ("//" + sound(fine="yes"), "//" + sound(dacapo="yes")),
        (FINE, words("D.C.") + words("al Fine")),
        (words("Fine") + sound(fine="4"), words("D.C. al Fine") + sound(dacapo="yes")),
    ],
)
def test_da_capo_al_fine(fine, jump):
    assert play("", fine, "", jump) == ("CDEFCD", ())


@pytest.mark.parametrize(
    ("segno", "jump"),
    [
        (SEGNO, words("D.S. al Fine")),
        (words("Segno"), words("Dal Segno al Fine")),
        (words("\U0001d10b"), words("D.\U0001d10b al Fine")),
        (sound(segno="a"), sound(dalsegno="a")),
        ('<barline location="left" segno="x"><segno/></barline>', words("D.S.")),
    ],
)
def test_dal_segno_al_fine(segno, jump):
    assert play("", segno, FINE, jump) == ("CDEFDE", ())


def test_a_segno_behind_all_notes_is_before_the_next_bar():
    assert play("//" + SEGNO, "", words("D.S.")) == ("CDEDE", ())
    assert play("<barline><segno/></barline>", "", words("D.S.")) == ("CDEDE", ())


@pytest.mark.parametrize(
    ("to_coda", "coda", "jump"),
    [
        (TO_CODA, CODA, words("D.S. al Coda")),
        (words("To Coda") + CODA, CODA, words("D.S. al Coda")),
        (words("to", "<coda/>"), CODA, words("D.S. al Coda")),
        (words("To \U0001d10c"), words("Coda"), words("D.S. al Coda")),
        (words("al Coda"), words("<rehearsal>CODA</rehearsal>"), words("D.S. e poi la Coda")),
        (CODA, CODA, words("D.S. al Coda")),
        (TO_CODA, CODA, words("D.S.") + words("al Coda")),
        (TO_CODA, CODA, words("D.", "<segno/>", "al Coda")),
        (sound(tocoda="a"), sound(coda="a"), sound(dalsegno="yes")),
        ("//" + sound(tocoda="a"), "//" + sound(coda="b") + sound(coda="a"), words("D.S.")),
    ],
)
def test_dal_segno_al_coda(to_coda, coda, jump):
    bars = ["", SEGNO, to_coda, "", jump, coda]
    if coda.startswith("//"):
        bars = [*bars[:4], jump + coda, ""]
    assert play(*bars) == ("CDEFGDEA", ())


def test_signs_have_names():
    bars = [sound(segno="b"), sound(segno="a"), sound(tocoda="y"), sound(dalsegno="b")]
    assert play(*bars, sound(coda="x"), sound(coda="y")) == ("CDEFCDEA", ())
    assert play(SEGNO, words("D.S."), SEGNO, words("D.S.")) == ("CDCDEFEF", ())


@pytest.mark.parametrize(
    ("bars", "order"),
    [
        ((FORWARD, FIRST, LAST, FINE, words("D.C. al Fine")), "CDCEFGCEF"),
        (("", FORWARD + SEGNO + TO_CODA, FIRST, LAST + words("D.S. al Coda"), CODA), "CDEDFDG"),
        ((BACKWARD, FINE, BACKWARD + words("D.C. al Fine")), "CCDEDECD"),
        ((TO_CODA, words("D.C. al Coda"), CODA + BACKWARD, ""), "CDCEEF"),
        (("", ending(1) + words("D.C."), ending(2)), "CDCE"),
        (("", BACKWARD + sound(dacapo="yes", time_only="2"), ""), "CDCDCDE"),
    ],
)
def test_after_a_jump_the_last_endings_are_played_without_repeats(bars, order):
    assert play(*bars) == (order, ())


def test_fine_may_come_after_the_jump():
    assert play("", words("D.C. al Fine"), "", FINE) == ("CDCDEF", ())


def test_what_follows_da_capo_al_fine_is_another_piece():
    final = '<barline location="right"><bar-style>light-heavy</bar-style></barline>'
    bars = [final, "", FINE, words("D.C. al Fine"), final]
    assert play(*bars) == ("CDEFDEG", ())
    assert play("", FINE + final, "", words("D.C. al Fine")) == ("CDEFCD", ())


@pytest.mark.parametrize(
    "bars",
    [
        ("", "", words("D.C. al Fine")),
        ("", "", words("D.S.")),
        ("", "", words("D.S. al Coda")),
        (SEGNO, CODA, words("D.S. al Coda")),
        (SEGNO, TO_CODA, words("D.S. al Coda")),
        ("", FINE, "" + SEGNO, words("D.S. al Fine")),
    ],
)
def test_jumps_that_lead_nowhere_are_told(bars):
    order, warnings = play(*bars)
    assert order == LETTERS[: len(bars)]
    assert warnings == ("its jumps, such as D.C., make no sense: not played",)


def test_a_repeat_without_an_end_is_told():
    warning = "the repeat that begins in bar 2 has no end: not repeated"
    assert play("", FORWARD, "", "") == ("CDEF", (warning,))
    assert play("", FORWARD, FORWARD, BACKWARD) == ("CDEFEF", (warning,))


@pytest.mark.parametrize("times", ["17", "99", "0000999999999", "9" * 400])
def test_too_many_passes_are_refused(times):
    with pytest.raises(ScoreError, match=r"repeats 9*(17)? times, more than 16"):
        play(BACKWARD.replace("/></b", f' times="{times}"/></b'))


def test_endless_orders_are_refused():
    with pytest.raises(ScoreError, match=f"has more than {MAX_BARS} bars"):
        read_musicxml(score([note() + sound(dacapo="yes")] * 1000))
    assert play(ending("1-999999999", '<repeat direction="backward"/>'))[0] == "C" * 16
