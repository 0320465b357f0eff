"""The error of a take that cannot be made as it is configured."""

ANY_SONG = "any"  # the song of a take whose seed chooses the song


class TakeError(ValueError):
    """The take cannot be made as it is configured; the message names the knob."""
