"""The limits on what a file may ask for: files come from strangers, and each stops at its limit.

docs/files.md has the same table; a test compares the two.
"""

# Scores: MIDI, ABC, MusicXML, Guitar Pro.
MAX_SCORE_BYTES = 4_000_000
MAX_XML_BYTES = 10_000_000
MAX_UNPACKED_BYTES = 50_000_000  # of a compressed score
MAX_XML_ELEMENTS = 500_000
MAX_SCORE_SECONDS = 60 * 60
MAX_REFERENCE_SECONDS = 20 * 60
MAX_BEATS = 30_000  # quarter notes: an hour at 500 a minute
MAX_BARS = 20_000  # of a part, with repeats unfolded
MAX_PASSES = 16  # of a repeated section
MAX_NOTES = 100_000  # of a score, with repeats unfolded
MAX_PARTS = 100  # parts or voices of a score
MAX_TRACKS = 1000  # of a MIDI file
MAX_EVENTS = 500_000  # of a MIDI file, such as onsets and offsets
MAX_CHANGES = 20_000  # of tempo and metre
MAX_TUNE_LETTERS = 500_000  # of the first tune of an ABC file
MAX_VOICE_CHANGES = 100_000  # of key, metre, unit length and tempo in all voices of an ABC file
MAX_VOICE_BARS = 100_000  # of all voices of an ABC file, with repeats unfolded
MAX_ENTRIES = 600_000  # numbers and texts in a Guitar Pro file; 8,000 notes have 60,000
MAX_WRITTEN_BARS = 4000  # of a Guitar Pro file
MAX_WRITTEN_BEATS = 150_000  # chords and rests in all tracks of a Guitar Pro file

# Recordings.
MAX_RECORDING_BYTES = 10_000_000_000
MAX_RECORDING_SECONDS = 3 * 60 * 60
MAX_CHANNELS = 64
MAX_JOINED_FILES = 500  # links of an ogg, or files that were joined to one

# Sound fonts.
MAX_SOUNDFONT_BYTES = 2_000_000_000
MAX_SOUNDFONT_SAMPLES = 1_000_000_000
MAX_SOUNDFONT_PRESETS = 5_000
MAX_SOUNDFONT_ZONES = 200_000  # of all presets, each with the zones of its instruments

# config.yaml, and what `--configfile` names.
MAX_CONFIG_BYTES = 500_000
MAX_CONFIG_VALUES = 50_000  # with those that aliases repeat
MAX_CONFIG_DEPTH = 50  # groups and lists in one another

# What config.yaml may ask for.
MAX_MADE_TRACKS = 10_000  # of all takes: each is six jobs
MAX_TRAININGS = 10_000  # of all experiments
MAX_EFFECTS = 100  # of a chain, with those of chains in it
