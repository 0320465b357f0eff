"""The error of all readers of scores."""


class ScoreError(ValueError):
    """An error for a file that cannot be used; its message says why and follows the file's name."""
