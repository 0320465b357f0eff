"""List the project's own songs with their genres, and compose them."""

from mathrock.demo import math_rock, surf
from mathrock.music.score import Score

COMPOSERS = {"math_rock": math_rock, "surf": surf}  # genre, which is a folder, -> module
GENRES = {piece: genre for genre, module in COMPOSERS.items() for piece in module.PIECES}


def compose(name: str, seed: int = 0) -> Score:
    """Compose a piece of `GENRES`; the same seed, from 0 on, gives the same Score.

    Raises:
        ValueError: there is no such piece, or the seed is negative.
    """
    if name not in GENRES:
        raise ValueError(f"no piece is called {name!r}; there are {', '.join(GENRES)}")
    return COMPOSERS[GENRES[name]].compose(name, seed)
