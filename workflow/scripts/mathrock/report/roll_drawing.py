"""Draw piano rolls as SVG: one path for each voice, so that a page can hold many rolls.

A picture is as wide as its seconds and as high as its pitches, in user units, and is stretched to
whatever room it gets; pitch p lies between y = top - p and the unit above. A note is a line along
the middle of its pitch: `M onset y h duration`. Drums lie in a lane of their own below.
"""

from collections.abc import Iterable, Mapping

from markupsafe import Markup, escape

from mathrock.music.score import Note, Score

DRUMS = "drums"  # the voice that is drawn as strokes in the lane
LANE = 5  # units of height that drums get, with the gap above them
MARGIN = 1  # units above the highest pitch and below the lowest
MIN_SEMITONES = 24  # shown at least, so that two notes do not fill a roll
GUITARS, BASSES = range(24, 32), range(32, 40)  # General MIDI programs
COLOURS = {"bass": "#3b82c4", "guitar": "#e0762f", "other": "#5b9a57", DRUMS: "#8b8b8b"}


def draw(
    voices: Mapping[str, Iterable[Note]],
    begin: float,
    end: float,
    label: str,
    shaded: tuple[float, float] | None = None,
    bars: Iterable[float] = (),
    is_file: bool = False,
) -> Markup:
    """Draw notes from `begin` to `end`, seconds, which may be negative.

    Args:
        voices: notes by the class that their path gets.
        label: the text for a screen reader.
        shaded: a stretch to shade, in seconds.
        bars: where bars begin, in seconds.
        is_file: whether it is a file of its own, which needs its own styles.
    """
    voices = {name: list(notes) for name, notes in voices.items()}
    low, high = pitch_range(voices)
    lane = LANE if voices.get(DRUMS) else 0
    top, height = high + MARGIN, high - low + 1 + 2 * MARGIN
    parts = []
    if shaded:
        parts.append(
            f'<rect class="shaded" x="{_num(shaded[0])}" y="0" '
            f'width="{_num(shaded[1] - shaded[0])}" height="{height + lane}"/>'
        )
    if lines := "".join(f"M{_num(at)} 0v{height + lane}" for at in bars if begin < at < end):
        parts.append(f'<path class="bars" d="{lines}"/>')
    for name, notes in voices.items():
        if name == DRUMS:
            strokes = "".join(f"M{_num(hit.onset)} {height + 1}v{lane - 1}" for hit in notes)
        else:
            strokes = "".join(
                f"M{_num(note.onset)} {top - note.pitch + 0.5:g}h{_num(note.offset - note.onset)}"
                for note in notes
            )
        if strokes:
            parts.append(f'<path class="{escape(name)}" d="{strokes}"/>')
    parts.append(f'<path class="playhead" d="M0 0v{height + lane}"/>')
    size = f'viewBox="{_num(begin)} 0 {_num(max(end - begin, 0.1))} {height + lane}"'
    style = (
        f' xmlns="http://www.w3.org/2000/svg"><style>{_file_style()}</style>' if is_file else ">"
    )
    return Markup(
        f'<svg class="roll" role="img" aria-label="{escape(label)}" {size} data-top="{top}"'
        f' preserveAspectRatio="none"{style}{"".join(parts)}</svg>'
    )


def voices_of(score: Score) -> dict[str, list[Note]]:
    """Sort a score's notes by the voices that a picture has colours for."""
    voices = {}
    for part in score.parts:
        name = "bass" if part.program in BASSES else "other"
        name = DRUMS if part.is_drum else "guitar" if part.program in GUITARS else name
        voices.setdefault(name, []).extend(part.notes)
    return voices


def draw_file(score: Score, name: str, shaded: tuple[float, float]) -> str:
    """Draw the .svg file of a whole song, with the stretch of its preview shaded."""
    end = max(note.offset for part in score.parts for note in part.notes)
    label = f"Piano roll of {name}"
    return draw(voices_of(score), 0.0, end, label, shaded, is_file=True)


def pitch_range(voices: Mapping[str, Iterable[Note]]) -> tuple[int, int]:
    """Find the lowest and the highest pitch that a picture of these voices shows, inclusive."""
    pitches = [n.pitch for name, notes in voices.items() if name != DRUMS for n in notes] or [60]
    more = max(0, MIN_SEMITONES - (max(pitches) - min(pitches) + 1))
    return max(0, min(pitches) - more // 2), min(127, max(pitches) + (more + 1) // 2)


def _file_style() -> str:
    """Write the styles of a file of its own."""
    lines = "path{stroke-width:.9;fill:none}.playhead{display:none}.shaded{fill:#7a8599;opacity:.2}"
    bars = ".bars{stroke:#7a8599;stroke-width:1;opacity:.4;vector-effect:non-scaling-stroke}"
    drums = f".{DRUMS}{{stroke-width:1;vector-effect:non-scaling-stroke}}"
    colours = "".join(f".{name}{{stroke:{colour}}}" for name, colour in COLOURS.items())
    return lines + bars + drums + colours


def _num(number: float) -> str:
    """Format seconds to the tenth of a millisecond."""
    return f"{round(number, 4) + 0.0:.4f}".rstrip("0").rstrip(".")
