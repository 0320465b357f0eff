"""Find the order in which the bars of MusicXML are played: repeats, endings and jumps."""

from bisect import bisect_right
from xml.etree.ElementTree import Element

from mathrock.formats.musicxml.signs import BarSigns, read_signs
from mathrock.formats.repeats import Jump, RepeatSigns, parse_ending, unfold


def bar_order(parts: list[list[Element]]) -> tuple[list[int], list[str]]:
    """Find the indices of all bars in playing order, and warnings of odd signs.

    Args:
        parts: the measures of each part.
    """
    bars = read_signs(parts)
    jumps, codas, are_odd = _jumps(bars)
    signs = [
        RepeatSigns(bar.opens, bar.closes, ending, jumps.get(at), bar.is_fine, codas.get(at))
        for at, (bar, ending) in enumerate(zip(bars, _endings(bars), strict=True))
    ]
    warnings = ["its jumps, such as D.C., make no sense: not played"] if are_odd else []
    if (at := _endless(signs)) is not None:
        warnings.append(f"the repeat that begins in bar {at + 1} has no end: not repeated")
    return unfold(signs), warnings


def _endless(signs: list[RepeatSigns]) -> int | None:
    """Find the first |: that no :| follows."""
    found, is_closed = None, False
    for at in range(len(signs) - 1, -1, -1):
        is_closed = is_closed or signs[at].closes > 0
        if signs[at].opens:
            found, is_closed = found if is_closed else at, False
    return found


def _endings(bars: list[BarSigns]) -> list[tuple[int, ...]]:
    """Find the numbers of each bar's ending.

    An ending that does not stop ends at a repeat; one that stops before its :|, which the next
    ending follows, goes on to there.
    """
    goes_on, is_before_repeat = [], False
    for bar, after in zip(reversed(bars), [BarSigns(), *reversed(bars)], strict=False):
        goes_on.append(is_before_repeat)
        is_before_repeat = is_before_repeat or bool(bar.closes and after.begun)
        is_before_repeat = is_before_repeat and not (bar.opens or bar.begun)
    endings, ending = [], ()
    for bar, is_before_repeat in zip(bars, reversed(goes_on), strict=True):
        if bar.begun:
            ending = parse_ending(bar.begun)
        elif bar.opens:
            ending = ()
        endings.append(ending or parse_ending(bar.stopped))
        if bar.closes or (bar.stopped and not is_before_repeat):
            ending = ()
    return endings


def _jumps(bars: list[BarSigns]) -> tuple[dict[int, Jump], dict[int, int], bool]:
    """Find where jumps and To Codas lead, by the bars' indices, and whether some lead nowhere."""
    leaving = [at for at, bar in enumerate(bars) if bar.capo or bar.dal_segno is not None]
    codas = _to_codas(bars, leaving)
    segnos = [to for bar in bars for to in sorted(bar.segnos.values())]
    named = {name: to for bar in reversed(bars) for name, to in bar.segnos.items() if name}
    fines = [at for at, bar in enumerate(bars) if bar.is_fine]
    starts = [0, *(at + 1 for at, bar in enumerate(bars) if bar.is_final)]
    ends = {"fine": max(fines, default=-1), "coda": max(codas, default=-1)}
    jumps = {}
    for at in leaving:
        bar = bars[at]
        if bar.capo:  # to the start of the piece that Fine ends
            to = _last(starts, _last(fines, at) or 0)
        else:
            to = named.get(bar.dal_segno, _last(segnos, at))
        if to is not None and to <= ends.get(bar.until, at):
            jumps[at] = Jump(to, bar.until, bar.passes)
    return jumps, codas, len(jumps) < len(leaving)


def _last(places: list[int], at: int) -> int | None:
    """Find the last of ordered places that is not after another; None if all are after it."""
    count = bisect_right(places, at)
    return places[count - 1] if count else None


def _to_codas(bars: list[BarSigns], leaving: list[int]) -> dict[int, int]:
    """Find to which bar each To Coda leads, by the index of the bar that it ends."""
    left = {at: bar.to_coda for at, bar in enumerate(bars) if bar.to_coda is not None}
    signs = [(at, bar.codas) for at, bar in enumerate(bars) if bar.codas]
    if left:  # the sign at To Coda is no coda
        signs = [
            (at, {name: to for name, to in codas.items() if name or at not in left})
            for at, codas in signs
        ]
        signs = [(at, codas) for at, codas in signs if codas]
    elif leaving and len(signs) > 1:  # of two signs the first is where to leave
        left = {signs[0][0]: ""}
        signs = signs[1:]
    targets = {}
    places = [at for at, _ in signs]
    named = {name: to for _, codas in reversed(signs) for name, to in codas.items() if name}
    for at, name in left.items():
        jump = bisect_right(leaving, at - 1)
        after = leaving[jump] if jump < len(leaving) else at
        found = bisect_right(places, after)
        found = found if found < len(places) else bisect_right(places, at)
        if name in named:
            targets[at] = named[name]
        elif found < len(places):
            targets[at] = min(signs[found][1].values())
    return targets
