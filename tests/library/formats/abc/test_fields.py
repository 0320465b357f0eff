"""Values of fields, by the standard and as people write them."""

import pytest

from mathrock.formats.abc.fields import parse_key, parse_metre, parse_tempo

A_MAJOR = {"F": 1, "C": 1, "G": 1}


@pytest.mark.parametrize(
    ("key", "signs"),
    [
        ("C^f^c^a", {"F": 1, "C": 1, "A": 1}),
        ("^f^c", {"F": 1, "C": 1}),
        ("Gexp_b_e", {"F": 1, "B": -1, "E": -1}),
        ("C exp ^f", {"F": 1}),
        ("D clef=bass ^g", A_MAJOR),
        ("C shift=^c_d", {}),
        ("C sound==c=d", {}),
        ("em", {"F": 1}),
        ("d minor", {"B": -1}),
        ("F sharp minor", A_MAJOR),
        ("B flat major", {"B": -1, "E": -1}),
        ("F Flat Minor", parse_key("Fbm")),
        ("A-flat", {"B": -1, "E": -1, "A": -1, "D": -1}),
        ("bass", None),
        ("HP", {"F": 1, "C": 1}),
    ],
)
def test_keys(key, signs):
    assert parse_key(key) == signs


@pytest.mark.parametrize(
    ("field", "metre"),
    [
        ("7/8 (2+2+3)", (7, 8)),
        ("(2 + 2 + 3)/8", (7, 8)),
        ("7 / 8", (7, 8)),
        ("3/4 3/8", (3, 4)),
        ("6/80", None),
        ("4/", None),
        ("free", None),
    ],
)
def test_metres(field, metre):
    assert parse_metre(field) == metre


@pytest.mark.parametrize(
    ("field", "bpm"),
    [("1/4 (120)", 120), ("1/8 120", 60), ("120 bpm", 120), ("1/4 = ca. 120", 120)],
)
def test_tempos(field, bpm):
    assert parse_tempo(field) == bpm
