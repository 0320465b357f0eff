"""What belongs to the tune in files as people and mail programs leave them."""

import pytest

from mathrock.files.limits import MAX_TUNE_LETTERS
from mathrock.formats.abc.text import first_tune
from mathrock.formats.abc.tune import read_abc
from mathrock.formats.errors import ScoreError

HEAD = "X:1\nM:4/4\nL:1/4\nQ:1/4=60\nK:C\n"
SCALE = [60, 62, 64, 65]


def heard(text):
    score, warnings = read_abc((HEAD + text).encode())
    return [note.pitch for note in score.pitched_notes], warnings


@pytest.mark.parametrize(
    "line",
    [
        "VCDEF|VCDEF|VCDEF|",  # letters that nobody defined
        "CkDEkF|CDkEF|CDEF|",
        "CD````EF|CDEF|CDEF|",
        "+3+CD+5+EF|CDEF|+1+CDEF|",
        "(CDEF) (CDEF) (iCDEF)\\\n|",
    ],
)
def test_a_line_of_music_is_no_words_although_it_has_odd_signs(line):
    assert heard(line + "\n")[0] == 3 * SCALE


@pytest.mark.parametrize("line", ["Verse", "Guitar solo", "Lead guitar: riff", "Bass", "Outro!"])
def test_words_in_a_code_block_are_not_played(line):
    score, _ = read_abc(f"```abc\n{HEAD}CDEF|\n{line}\n\nCDEF|\n```\n".encode())
    assert [note.pitch for note in score.pitched_notes] == 2 * SCALE


@pytest.mark.parametrize("end", ["|=20", "| =", "|=20\r"])
def test_what_a_mail_program_leaves_at_the_end_of_a_line(end):
    assert heard(f"CDEF{end}\nCDEF|\n") == (2 * SCALE, ())


def test_a_mail_is_decoded():
    assert heard("^F=3DF=46=\nG|=20\n")[0] == [66, 65, 65, 67]


def test_a_tune_has_a_limit_but_not_its_file():
    music = "CDEF|" * 10
    rest = "X:2\nK:C\n" + "C" * MAX_TUNE_LETTERS
    lines, _ = first_tune((HEAD + music + "\n" + rest).encode())
    assert len(lines) == 6
    with pytest.raises(ScoreError, match="has a tune of more than 500000 letters"):
        first_tune(rest.encode())
    with pytest.raises(ScoreError, match="has a tune of more than 500000 letters"):
        first_tune(HEAD.encode() + b"\n" * 200_000)
