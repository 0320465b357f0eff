import pytest

from mathrock.demo.melody import MelodyError, Tone, read_melody


def pitches(text, key):
    return [tone.pitch for tone in read_melody(text, key)]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("E harmonic minor", [52, 54, 55, 57, 59, 60, 63, 64]),
        ("E phrygian dominant", [52, 53, 56, 57, 59, 60, 62, 64]),
        ("G ionian", [52, 54, 55, 57, 59, 60, 62, 64]),
        ("Bb aeolian", [51, 53, 54, 56, 58, 60, 61, 63]),
    ],
)
def test_the_scale_says_which_letters_are_sharp_or_flat(key, expected):
    assert pitches("EFGABcde", key) == expected


def test_octaves_signs_lengths_rests_and_slides():
    assert read_melody("|E,2 z e' ^F/=F3/ ~_B A|c8|", "E harmonic minor") == [
        Tone(0, 4, 40),
        Tone(6, 2, 76),
        Tone(8, 1, 54),
        Tone(9, 3, 53),
        Tone(12, 2, 58, True),
        Tone(14, 2, 57),
        Tone(16, 16, 60),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("E8|E7", "bar 2 .* ends -2 sixteenths off"),
        ("E8 F", "bar 1 .* ends 2 sixteenths off"),
        ("E7x|E8", "bar 1 .*: 'x' is no note"),
    ],
)
def test_a_bar_that_cannot_be_counted_is_refused(text, reason):
    with pytest.raises(MelodyError, match=reason):
        read_melody(text, "E harmonic minor")
