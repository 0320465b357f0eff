"""The limits on what a file may ask for: files come from strangers, and each stops at its limit.

docs/files.md has the same table; a test compares the two.
"""

# Scores: MIDI, ABC, MusicXML, Guitar Pro.
MAX_SCORE_BYTES = 10_000_000
MAX_UNPACKED_BYTES = 50_000_000  # of a compressed score
MAX_XML_ELEMENTS = 500_000
MAX_SCORE_SECONDS = 60 * 60
MAX_REFERENCE_SECONDS = 20 * 60
MAX_BEATS = 30_000  # quarter notes: an hour at 500 a minute
MAX_BARS = 20_000  # of a part, with repeats unfolded
MAX_NOTES = 100_000  # of a score, with repeats unfolded
MAX_PARTS = 100  # parts or voices of a score

# config.yaml, and what `--configfile` names.
MAX_CONFIG_BYTES = 500_000
MAX_CONFIG_VALUES = 50_000  # with those that aliases repeat
MAX_CONFIG_DEPTH = 50  # groups and lists in one another

# What config.yaml may ask for.
MAX_TRACKS = 10_000  # of all takes: each is six jobs
MAX_TRAININGS = 10_000  # of all experiments
MAX_EFFECTS = 100  # of a chain, with those of chains in it
