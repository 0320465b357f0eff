"""What is said of a take that cannot be made as it is configured."""

ANY_SONG = "any"  # what a take says that leaves the choice to its seed


class TakeError(ValueError):
    """The take cannot be made as it is configured; the message names the knob."""
