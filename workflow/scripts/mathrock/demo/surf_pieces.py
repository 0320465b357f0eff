"""Define the surf pieces: keys, tempos, themes and forms, as data for `surf`.

A piece is a key, a tempo and a form over sections, which are four bars of 4/4 each. A section says
how the lead picks its theme, how the rhythm guitar comps and what the drums play; then come a chord
for each bar and the theme, as `melody` reads it.
"""

from typing import NamedTuple

from mathrock.demo.melody import Tone, read_melody


class Section(NamedTuple):
    """A theme over one chord a bar, and how the band plays it, by the names in `surf`."""

    picking: str
    comping: str
    beat: str
    chords: list[str]
    theme: list[Tone]


class Piece(NamedTuple):
    """The fixed data of a piece; the seed decides the rest.

    `key` is a tonic and a scale, `bpm` quarter notes a minute; `form` has a letter a section.
    """

    title: str
    key: str
    bpm: float
    form: str
    sections: dict[str, Section]


def _read(charts: str) -> dict[str, Piece]:
    """Parse pieces by name; an empty line separates two."""
    pieces = {}
    for chart in charts.strip().split("\n\n"):
        head, form, *lines = chart.splitlines()
        name, title, key, bpm = head.split(" | ")
        sections = {}
        for line in lines:
            how, chords, theme = line.split(" | ", 2)
            letter, *played = how.split()
            sections[letter] = Section(*played, chords.split(), read_melody(theme, key))
        pieces[name] = Piece(title, key, float(bpm), form.replace(" ", ""), sections)
    return pieces


PIECES = _read("""
undertow | Undertow | E harmonic minor | 168
I A A B A A
I tremolo eighths toms | Em Em C B | E,8 | E,4 G,4 | E,8 | B,4 ~d4
A tremolo eighths surf | Em Am B Em | E3F G2A2 | c3B A2G2 | F3G F2D2 | E4 B,2D2
B melody offbeats ride | Am Em B Em | e3c A2c2 | B3G E4 | d2B2 F2A2 | G2F2 E4

breakwater | Breakwater | A harmonic minor | 160
A A B A B A
A melody offbeats surf | Am Dm E E | A,2E2 A2cB | A2F2 D4 | E2G2 B2dc | B2G2 E4
B tremolo eighths ride | Dm Am E Am | d6cd | e3c A4 | B3c B2G2 | A4 ~a3A

lighthouse | Lighthouse | E phrygian dominant | 176
I A A B A A
I tremolo backbeats toms | E F E Dm | E,8 | F,4 E,4 | G,4 F,4 | E,4 ~e4
A tremolo eighths surf | E F Dm E | B3c B2G2 | A3G F2A2 | d3c A2F2 | G2F2 E4
B melody offbeats ride | Am G F E | e3c A2c2 | d3B =G2B2 | c3A F2A2 | G2B2 e4

longboard-summer | Longboard Summer | G ionian | 152
A A B A A
A picked offbeats ride | G Em C D | G2B2 d3B | e3d B2G2 | c2e2 g3e | d2cB A2D2
B tremolo backbeats surf | C D G D | e4 d2c2 | d4 c2A2 | B4 G2B2 | A3B A2F2

black-sand | Black Sand | D aeolian | 172
A A B A B A
A tremolo eighths surf | Dm C Bb A | D3E F2D2 | E3F G2E2 | F3G A2B2 | A4 ^c2A2
B melody offbeats ride | Gm Dm A Dm | B2d2 g4 | f2d2 A4 | ^c2e2 A2^c2 | d4 ~d3D

chrome-fins | Chrome Fins | A ionian | 178
I A A B A A
I tremolo backbeats toms | A A E E | A,8 | A,4 E4 | E,6 G,B, | E,4 ~e4
A picked offbeats surf | A A D E | A,2CE A2FE | A,2CE F2EC | D2FA d2BA | E2GB =d2cB
B tremolo eighths ride | F#m D A E | c3B A2F2 | A3F D4 | E3F A2c2 | B3A G2E2
""")
