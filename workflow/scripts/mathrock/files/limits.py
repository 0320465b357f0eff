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
MAX_TRACKS = 1000  # of a MIDI file
MAX_EVENTS = 500_000  # of a MIDI file, such as onsets and offsets
MAX_CHANGES = 20_000  # of tempo and metre
MAX_ENTRIES = 600_000  # numbers and texts in a Guitar Pro file; 8,000 notes have 60,000
MAX_WRITTEN_BARS = 4000  # of a Guitar Pro file
MAX_WRITTEN_BEATS = 150_000  # chords and rests in all tracks of a Guitar Pro file
