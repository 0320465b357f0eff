import re
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.music.score import Note, Part, Score
from mathrock.report.roll_drawing import draw, draw_file, pitch_range, voices_of

STROKE = re.compile(r"M(-?[\d.]+) (-?[\d.]+)h([\d.]+)")


def drawn(svg, voice):
    """(onset, offset, pitch) of a voice's notes, read from the picture."""
    top = int(re.search(r'data-top="(\d+)"', svg)[1])
    path = re.search(rf'<path class="{voice}" d="([^"]*)"', svg)
    return [
        (float(x), float(x) + float(length), round(top - float(y) + 0.5))
        for x, y, length in STROKE.findall(path[1] if path else "")
    ]


def test_a_note_is_a_line_along_its_pitch():
    svg = draw({"guitar": [Note(1.5, 2, 60), Note(0, 0.25, 62)]}, 0, 4, "two notes")
    assert drawn(svg, "guitar") == [(1.5, 2, 60), (0, 0.25, 62)]
    assert 'viewBox="0 0 4 26"' in svg  # two octaves at least, and a margin


@given(
    st.lists(
        st.builds(
            lambda onset, length, pitch: Note(onset, onset + length, pitch),
            st.integers(-(10**6), 10**6).map(lambda n: n / 1e4),
            st.integers(1, 10**5).map(lambda n: n / 1e4),
            st.integers(0, 127),
        ),
        min_size=1,
    )
)
def test_the_notes_come_back_from_the_picture(notes):
    svg = draw({"bass": notes}, -100, 200, "notes")
    assert [
        (pytest.approx(n.onset, abs=1e-4), pytest.approx(n.offset, abs=2e-4), n.pitch)
        for n in notes
    ] == drawn(svg, "bass")


def test_what_is_shaded_and_bars_are_where_they_are():
    svg = draw({"seed": [Note(-1, 0, 60)]}, -1, 2, "", shaded=(-1, 0), bars=[0.5, 2.5])
    assert '<rect class="shaded" x="-1" y="0" width="1"' in svg
    assert re.search(r'class="bars" d="(.*?)"', svg)[1].count("M") == 1  # one is beyond the end


def test_drums_lie_in_a_lane_of_their_own():
    voices = {"guitar": [Note(0, 1, 60)], "drums": [Note(0.5, 0.6, 36)]}
    svg = draw(voices, 0, 1, "")
    assert pitch_range(voices) == pitch_range({"guitar": voices["guitar"]})
    assert re.search(r'class="drums" d="M0.5 \d+v\d+"', svg)


def test_a_picture_of_nothing_is_a_picture():
    ElementTree.fromstring(draw({}, 0, 0, ""))


def test_a_label_is_text():
    svg = draw({}, 0, 1, '<script>"&')
    assert "<script>" not in svg
    assert ElementTree.fromstring(svg).get("aria-label") == '<script>"&'


def test_a_file_brings_its_colours():
    score = Score([Part("", [Note(0, 1, 60)], 27), Part("", [Note(0, 1, 30)], 33)])
    root = ElementTree.fromstring(draw_file(score, "a & b", (0.2, 0.8)))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "stroke:" in root[0].text


def test_voices_are_told_by_their_program():
    parts = [Part("", [Note(0, 1, 60)], program) for program in (27, 33, 0)]
    drums = Part("", [Note(0, 1, 36)], 0, is_drum=True)
    assert list(voices_of(Score([*parts, drums]))) == ["guitar", "bass", "other", "drums"]
