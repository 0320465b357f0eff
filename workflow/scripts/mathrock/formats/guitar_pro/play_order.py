"""Find the order in which the bars of a Guitar Pro file are played: repeats, endings and jumps."""

from guitarpro import MeasureHeader

from mathrock.formats.repeats import Jump, RepeatSigns, unfold

ENDINGS = 8  # bits of a bar's alternative endings
JUMPS = {"Da Capo": None, "Da Segno": "Segno", "Da Segno Segno": "Segno Segno"}  # to which sign


def play_order(headers: list[MeasureHeader], directions: dict[str, int]) -> list[int]:
    """List the indices of the bars in playing order; after Fine the music is over.

    Args:
        directions: the index of the bar of each sign, by PyGuitarPro's names.

    Raises:
        ScoreError: there are too many bars.
    """
    signs = _repeat_signs(headers)
    if len(set(unfold(signs))) < len(signs):  # endings that make no sense lose no bars
        signs = [sign._replace(ending=()) for sign in signs]
    at = {name: bar for name, bar in directions.items() if bar < len(headers)}
    last = -1
    for name, bar in at.items():
        if jump := _jump(name, at):
            signs[bar] = signs[bar]._replace(jump=jump)
            last = max(last, bar)
    for coda in ("Coda", "Double Coda"):
        if coda in at and f"Da {coda}" in at:
            leave = at[f"Da {coda}"]
            signs[leave] = signs[leave]._replace(coda=at[coda])
    if "Fine" in at:
        signs[at["Fine"]] = signs[at["Fine"]]._replace(is_fine=True)
        if last >= 0 and signs[last].jump.until == "fine":
            signs = signs[: last + 1]
    return unfold(signs)


def _jump(name: str, at: dict[str, int]) -> Jump | None:
    """Read a sign as a jump; None if it is none, or leads nowhere."""
    kind, _, until = name.partition(" al ")
    to = 0 if kind == "Da Capo" else at.get(JUMPS.get(kind))
    if to is None:
        return None
    return Jump(to, "fine" if until == "Fine" else "coda" if until else "")


def _repeat_signs(headers: list[MeasureHeader]) -> list[RepeatSigns]:
    """Read the repeat signs of the bars, without endings that belong to no repeat."""
    signs, ending, until = [], (), -1
    for bar, header in enumerate(headers):
        before = signs[-1] if signs else RepeatSigns()
        if header.repeatAlternative:
            until = _end_of_ending(headers, bar)
            is_last = until is None and before.ending and before.closes  # ends without a sign
            until = bar if is_last else -1 if until is None else until
            ending = tuple(n + 1 for n in range(ENDINGS) if header.repeatAlternative >> n & 1)
        ending = ending if bar <= until else ()
        opens = header.isRepeatOpen or bool(before.closes and not ending)
        signs.append(RepeatSigns(opens, max(0, header.repeatClose), ending))
    return signs


def _end_of_ending(headers: list[MeasureHeader], begin: int) -> int | None:
    """Find the repeat sign that ends an ending."""
    for bar in range(begin, len(headers)):
        header = headers[bar]
        if bar > begin and (header.isRepeatOpen or header.repeatAlternative):
            return None
        if header.repeatClose > 0:
            return bar
    return None
