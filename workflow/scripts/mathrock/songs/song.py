"""Songs as the workflow knows them before it reads their files, and the formats of songs."""

from typing import NamedTuple

AUDIO_FORMATS = ("mp3", "wav", "flac", "ogg", "oga", "opus", "m4a", "mp4", "aac")
AUDIO_FORMATS += ("aif", "aiff", "wma", "webm")
AUDIO_FORMATS += ("aifc", "au", "snd", "caf", "w64", "rf64", "voc")  # read by libsndfile
AUDIO_FORMATS += ("mp2", "ac3", "eac3", "amr", "ape", "mpc", "spx", "tta", "wv")  # by FFmpeg
AUDIO_FORMATS += ("m4b", "m4r", "3gp", "3g2", "mka", "weba")  # by FFmpeg, as are films:
AUDIO_FORMATS += ("mov", "avi", "mkv", "mpg", "mpeg", "flv", "ogv", "wmv")
# The keys of formats/readers.READERS, here because the readers make no list of songs stale.
SCORE_FORMATS = ("mid", "midi", "kar", "rmi", "abc", "musicxml", "mxl", "xml")
SCORE_FORMATS += ("gp3", "gp4", "gp5", "gpx", "gp")
FORMATS = (*AUDIO_FORMATS, *SCORE_FORMATS)


class Song(NamedTuple):
    """A file whose name is a song's; `problem` is empty, or says why it cannot be opened."""

    id: str
    path: str
    genre: str
    format: str
    problem: str = ""

    @property
    def is_score(self) -> bool:
        """Check whether the song is a score, such as MIDI, and no recording."""
        return self.format in SCORE_FORMATS


class SongsError(ValueError):
    """An error for a songs folder or a list that cannot be used; its message says why."""
