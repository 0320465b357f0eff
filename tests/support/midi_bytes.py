"""MIDI files, byte by byte, for tests of odd ones; 96 ticks a quarter note, 120 beats a minute."""

from mathrock.formats.midi.reader import read_midi

NOTES = (
    b"\0\x90\x40\x50\x60\x80\x40\0\0\x90\x43\x50\x60\x80\x43\0"  # 64, then 67, half a second each
)
END = b"\0\xff\x2f\0"


def chunk(content: bytes, name: bytes = b"MTrk", length: int | None = None) -> bytes:
    """Make a chunk, whose length may lie."""
    return name + (len(content) if length is None else length).to_bytes(4, "big") + content


def midi_of(*tracks: bytes, division: bytes = b"\0\x60", kind: int = 1) -> bytes:
    """Make a file of the events of tracks, or of chunks."""
    header = b"MThd\0\0\0\6\0" + bytes([kind]) + len(tracks).to_bytes(2, "big") + division
    return header + b"".join(track if track[:4].isalnum() else chunk(track) for track in tracks)


def on_channel(channel: int, events: bytes = NOTES) -> bytes:
    """Move notes of channel 1 to another, counted from 0."""
    return events.replace(b"\x90", bytes([0x90 + channel])).replace(
        b"\x80", bytes([0x80 + channel])
    )


def sysex(content: bytes, first: int = 0xF0) -> bytes:
    """Make a system exclusive message, or a packet of one, without a delay."""
    return bytes([0, first, len(content)]) + content


def onsets_and_pitches(content: bytes) -> list[tuple[float, int]]:
    """Read the notes of a file."""
    return [(note.onset, note.pitch) for part in read_midi(content)[0].parts for note in part.notes]


def pitches(content: bytes) -> list[int]:
    """Read the pitches of a file."""
    return [pitch for _, pitch in onsets_and_pitches(content)]


def times(notes: list) -> list[tuple[float, float]]:
    """Return onsets and offsets in seconds, rounded to milliseconds."""
    return [(round(note.onset, 3), round(note.offset, 3)) for note in notes]
