"""The errors of recordings."""


class AudioError(ValueError):
    """An error for a file that cannot be used as music; its message follows the file's name."""


class TooLongError(AudioError):
    """An error for a recording that lasts longer than any is read."""
