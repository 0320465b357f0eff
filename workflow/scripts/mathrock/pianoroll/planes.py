"""The shape of a piano roll: (steps, `PITCHES`, planes); see `pianoroll/encoding`."""

PITCHES = 128
SOUNDING, ONSET, VELOCITY, DRUM = (
    0,
    1,
    2,
    3,
)  # sounds; begins; onset's velocity; drum hit's velocity
PLANES = ("sounding", "onset")  # the planes that models use and generate, as bool
ROLL_PLANES = (*PLANES, "velocity", "drum")
