"""A song: a file that by its name is one, and the formats that there are."""

from typing import NamedTuple

AUDIO_FORMATS = ("mp3", "wav", "flac", "ogg", "oga", "opus", "m4a", "mp4", "aac")
AUDIO_FORMATS += ("aif", "aiff", "wma", "webm")
MIDI_FORMATS = ("mid", "midi")
FORMATS = (*AUDIO_FORMATS, *MIDI_FORMATS)


class Song(NamedTuple):
    """A file that by its name is a song; `problem` says why it cannot even be opened, if so."""

    id: str
    path: str
    genre: str
    format: str
    problem: str = ""

    @property
    def is_midi(self) -> bool:
        return self.format in MIDI_FORMATS


class SongsError(ValueError):
    """The folder cannot be used as songs; the message says why."""
