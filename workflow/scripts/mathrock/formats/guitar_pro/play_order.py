"""Find the order in which the bars of a Guitar Pro file are played: repeats, endings and jumps."""

from itertools import accumulate

from guitarpro import MeasureHeader

from mathrock.files.limits import MAX_BARS
from mathrock.formats.errors import ScoreError
from mathrock.formats.repeats import RepeatSigns, unfold

ENDINGS = 8  # bits of a bar's alternative endings
JUMPS = {"Da Capo": None, "Da Segno": "Segno", "Da Segno Segno": "Segno Segno"}  # to which sign


def play_order(headers: list[MeasureHeader], directions: dict[str, int]) -> list[int]:
    """List the indices of the bars in playing order.

    A jump is taken once, when the repeats that its bar is in are over; what follows it is played
    without repeats, with the last endings, up to its Fine or to the sign that leads to its Coda.

    Args:
        directions: the index of the bar of each sign, by PyGuitarPro's names.

    Raises:
        ScoreError: there are too many bars.
    """
    if sum(max(0, header.repeatClose) for header in headers) > MAX_BARS:
        raise ScoreError(f"has more than {MAX_BARS} bars")
    signs = _repeat_signs(headers)
    at = {name: bar for name, bar in directions.items() if bar < len(headers)}
    jumps = {bar: jump for name, bar in at.items() if (jump := _jump(name, at))}
    order, start = [], 0
    while True:
        section = [start + bar for bar in _unfold_all(signs[start:])]
        last_times = {bar: time for time, bar in enumerate(section)}
        time = min((last_times[bar] for bar in jumps if bar in last_times), default=len(section))
        order += section[: time + 1]
        if len(order) > MAX_BARS:
            raise ScoreError(f"has more than {MAX_BARS} bars")
        if time == len(section):
            return order
        target, leave, start = jumps.pop(section[time])
        rest = [bar for bar in _without_repeats(signs) if bar >= target]
        if leave not in rest:
            return order + rest
        order += rest[: rest.index(leave) + 1]
        if start is None:
            return order


def _jump(name: str, at: dict[str, int]) -> tuple[int, int | None, int | None] | None:
    """Find where a jump leads, after which bar that part ends, and where the music goes on."""
    kind, _, until = name.partition(" al ")
    target = 0 if kind == "Da Capo" else at.get(JUMPS.get(kind))
    if target is None:
        return None
    if until == "Fine":
        return target, at.get("Fine"), None
    goes_on = at.get(until)
    return target, at.get(f"Da {until}") if goes_on is not None else None, goes_on


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


def _unfold_all(signs: list[RepeatSigns]) -> list[int]:
    """Unfold repeats; where the endings make no sense, so that bars are lost, without endings."""
    order = unfold(signs)
    if len(set(order)) < len(signs):
        order = unfold([sign._replace(ending=()) for sign in signs])
    return order


def _without_repeats(signs: list[RepeatSigns]) -> list[int]:
    """List the bars as they are played the last time."""
    last_times = {bar: time for time, bar in enumerate(_unfold_all(signs))}
    times = [last_times[bar] for bar in range(len(signs))]
    next_times = [*accumulate(reversed(times), min)][::-1]
    return [bar for bar, time in enumerate(times) if time == next_times[bar]]
