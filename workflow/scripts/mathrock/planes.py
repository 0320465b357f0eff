"""The shape of a piano roll: bool (steps, `PITCHES`, planes). See `pianoroll`."""

PITCHES = 128
SOUNDING, ONSET = 0, 1  # is heard; is struck
PLANES = ("sounding", "onset")
