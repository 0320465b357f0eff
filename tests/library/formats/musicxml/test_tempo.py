from xml.etree import ElementTree

import pytest

from mathrock.formats.musicxml.tempo import read_tempo
from xml_scores import sound, words


def bpm(direction):
    mark = read_tempo(ElementTree.fromstring(direction))
    return mark and mark.bpm


def metronome(per_minute, unit="quarter", dots=0, after=""):
    inside = f"<beat-unit>{unit}</beat-unit>{'<beat-unit-dot/>' * dots}"
    return words(f"<metronome>{inside}<per-minute>{per_minute}</per-minute>{after}</metronome>")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90", 90),
        ("ca. 90", 90),
        ("c. 90", 90),
        ("circa 90", 90),
        ("= 90", 90),
        ("90-100", 95),
        ("90 – 100", 95),
        ("92.5", 92.5),
        ("92,5", 92.5),
        ("♩ = 90", 90),
        ("90 bpm", 90),
        (" 90 ", 90),
        ("(90)", 90),
        ("", None),
        ("fast", None),
        ("0", None),
        ("5", None),
    ],
)
def test_beats_a_minute_of_a_metronome_mark(text, expected):
    assert bpm(metronome(text)) == expected


@pytest.mark.parametrize(
    ("unit", "dots", "expected"),
    [("half", 0, 120), ("quarter", 1, 90), ("eighth", 0, 30), ("eighth", 1, 45), ("16th", 0, 15)],
)
def test_the_note_value_of_a_metronome_mark(unit, dots, expected):
    assert bpm(metronome("60", unit, dots)) == expected


def test_an_equation_of_note_values_is_no_tempo():
    equation = "<metronome><beat-unit>quarter</beat-unit><beat-unit>half</beat-unit></metronome>"
    assert bpm(words(equation)) is None
    assert bpm(words("<metronome/>")) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("♩ = 90", 90),
        ("♩=90", 90),
        ("q=90", 90),
        ("q. = 60", 90),
        ("♩. = 60", 90),
        ("e = 120", 60),
        ("\U0001d15e = 60", 120),
        ("quarter = 90", 90),
        ("Quarter note = ca. 90", 90),
        ("1/4 = 90", 90),
        ("dotted quarter = 60", 90),
        ("Allegro (♩ = 90)", 90),
        ("Tempo: 90", 90),
        ("Tempo 90", 90),
        ("tempo = 90", 90),
        ("90 BPM", 90),
        ("90bpm", 90),
        ("BPM: 90", 90),
        ("bpm=90-100", 95),
        ("M.M. = 90", 90),
        ("Allegro", 132),
        ("ALLEGRO con brio", 132),
        ("Allegro moderato", 128),
        ("Andantino", 80),
        ("Tempo I", None),
        ("a tempo", None),
        ("♩ = ♪", None),
        ("mm. 90-100", None),
        ("Verse = 90", None),
        ("Swing 8ths", None),
        ("bpm 5", None),
        ("tempo 5000", None),
        ("", None),
    ],
)
def test_tempos_in_words(text, expected):
    assert bpm(words(text)) == expected


def test_words_may_be_cut_into_pieces():
    assert bpm(words("♩", "=", "90")) == 90


@pytest.mark.parametrize("tempo", ["0", "-90", "", "x", "1e5", "nan", "inf"])
def test_a_sound_without_a_tempo_leaves_it_to_the_words(tempo):
    direction = words("Tempo: 90").replace("</direction>", sound(tempo=tempo) + "</direction>")
    assert bpm(direction) == 90
    assert bpm(sound(tempo=tempo)) is None


def test_what_is_heard_comes_before_what_is_shown():
    shown = metronome("60")
    heard = shown.replace("</direction>", sound(tempo="90.5") + "</direction>")
    assert bpm(heard) == bpm(sound(tempo="90.5")) == 90.5
    marks = [read_tempo(ElementTree.fromstring(text)) for text in (words("Allegro"), words("q=60"))]
    marks += [read_tempo(ElementTree.fromstring(text)) for text in (shown, heard)]
    assert sorted(marks) == marks
