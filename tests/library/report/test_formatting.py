import pytest

from mathrock.report.formatting import clock, duration, listed, note_name, number, percent, size


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (note_name(60), "C4"),
        (note_name(0), "C-1"),
        (clock(95.6), "1:36"),
        (clock(-16), "−0:16"),
        (clock(-0.2), "0:00"),
        (clock(3600), "60:00"),
        (duration(3.14), "3.1 s"),
        (duration(166), "2.8 min"),
        (duration(7200), "2.0 h"),
        (size(0), "0 B"),
        (size(999), "999 B"),
        (size(1000), "1 kB"),
        (size(10**9), "1 GB"),
        (size(4_030_000), "4.03 MB"),
        (size(2.5e12), "2.5e+03 GB"),
        (number(1.005, 1), "1.0"),
        (number(""), "–"),
        (number(None), "–"),
        (number(float("nan")), "–"),
        (percent(0.254), "25%"),
        (percent(None), "–"),
        (listed(["a"]), "a"),
        (listed(["a", "b", "c"]), "a, b and c"),
    ],
)
def test_words(found, text):
    assert found == text
