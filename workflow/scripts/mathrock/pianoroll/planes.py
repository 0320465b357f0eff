"""The shape of a piano roll: (steps, `PITCHES`, planes). See `pianoroll`."""

PITCHES = 128
SOUNDING, ONSET, VELOCITY, DRUM = 0, 1, 2, 3  # is heard; is struck; how hard; a drum's velocity
PLANES = ("sounding", "onset")  # all that models see, and what they draw: yes or no
ROLL_PLANES = (*PLANES, "velocity", "drum")
