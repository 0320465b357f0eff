"""MusicXML for tests: pieces of measures, and scores of them."""

METRE = "<time><beats>{}</beats><beat-type>{}</beat-type></time>"
FORWARD = '<barline location="left"><repeat direction="forward"/></barline>'
BACKWARD = '<barline location="right"><repeat direction="backward"/></barline>'
WHOLE_BAR = '<rest measure="yes"/>'


def note(name="C", duration=1, inside="", octave=4):
    """A note, or what stands in its place, such as <rest/>; durations are quarter notes."""
    pitch = f"<pitch><step>{name}</step><octave>{octave}</octave></pitch>"
    return f"<note>{name if '<' in name else pitch}<duration>{duration}</duration>{inside}</note>"


def chord(name, duration=1):
    return note(name, duration).replace("<note>", "<note><chord/>")


def words(*texts):
    inside = "".join(text if text.startswith("<") else f"<words>{text}</words>" for text in texts)
    return f"<direction><direction-type>{inside}</direction-type></direction>"


def sound(**attributes):
    given = "".join(f' {key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return f"<sound{given}/>"


def ending(number, inside="", stop="stop"):
    """The bar lines of an ending of one bar."""
    begin = f'<barline location="left"><ending number="{number}" type="start"/></barline>'
    end = f'<ending number="{number}" type="{stop}"/>' if stop else ""
    return f'{begin}<barline location="right">{end}{inside}</barline>'


def first_ending(number=1):
    return ending(number, '<repeat direction="backward"/>')


def attributes(inside="", beats=4, kind=4, divisions=1):
    metre = METRE.format(beats, kind)
    return f"<attributes><divisions>{divisions}</divisions>{metre}{inside}</attributes>"


def score(*parts, listed=None, head=None):
    """A score whose parts are lists of measures; `listed` is what the part list says of each."""
    listed = listed or [""] * len(parts)
    heads = "".join(
        f'<score-part id="P{at}"><part-name>part {at}</part-name>{inside}</score-part>'
        for at, inside in enumerate(listed)
    )
    head = attributes() if head is None else head
    written = ""
    for at, bars in enumerate(parts):
        measures = "".join(
            f'<measure number="{number}">{head if number == 1 else ""}{bar}</measure>'
            for number, bar in enumerate(bars, 1)
        )
        written += f'<part id="P{at}">{measures}</part>'
    return (f"<score-partwise><part-list>{heads}</part-list>{written}</score-partwise>").encode()
