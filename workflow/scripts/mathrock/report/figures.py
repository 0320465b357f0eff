"""Draw plots for the page with Matplotlib, as inline SVG.

Why Matplotlib: its pictures need no script and no network, stay sharp, can be printed and read
aloud, and take some kilobytes; a plotting library in the browser would add megabytes to every
folder that is sent. Text stays text. The plots follow the page's colours, dark or light: CSS
variables replace the placeholder colours below, which Matplotlib writes.
"""

import io
import re
import warnings
from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from markupsafe import Markup, escape
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, PercentFormatter

INK, SOFT = "#010203", "#040506"  # placeholders for the page's own
SERIES = ("#0a0b01", "#0a0b02", "#0a0b03", "#0a0b04", "#0a0b05", "#0a0b06", "#0a0b07")
_VARIABLES = {INK: "var(--ink)", SOFT: "var(--soft)"}
_VARIABLES |= {colour: f"var(--series-{n})" for n, colour in enumerate(SERIES, 1)}
SLANTED_FROM = 2  # names of bins with more letters than these are slanted
IN_A_ROW = 4  # of a legend
MOST_NAMES = 40  # on the map
NEAR = (0.25, 0.04)  # shares of the map's width and height within which names would overlap
RC = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": SOFT,
    "grid.alpha": 0.25,
    "legend.frameon": False,
}
MARKS = ("o", "s", "^", "D", "v", "P", "X")


def draw_curve(model: str, history: Sequence[Mapping]) -> Markup:
    """Draw learning curves: nats per step over epochs, of training and of validation songs.

    Args:
        history: rows with `epoch`, `train` and `valid`, as text or numbers.
    """
    with mpl.rc_context(RC):
        figure = Figure(figsize=(4.4, 2.7), layout="constrained")
        plot = figure.subplots()
        epochs = [int(row["epoch"]) for row in history]
        for split, colour, line in (("train", SERIES[0], "-"), ("valid", SERIES[1], "--")):
            nats = [float(row[split]) for row in history]
            plot.plot(epochs, nats, line, color=colour, label=split)
        valid = np.array([float(row["valid"]) for row in history])
        if np.isfinite(valid).any():
            best = int(np.nanargmin(valid))
            plot.plot(epochs[best], valid[best], "o", color=SERIES[1])
        plot.set(title=model, xlabel="epoch", ylabel="nats per step", yscale="log")
        plot.xaxis.set_major_locator(MaxNLocator(integer=True))
        plot.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 4, 5, 7)))
        plot.yaxis.set_major_formatter("{x:.3g}")
        plot.yaxis.set_minor_locator(NullLocator())
        plot.grid(axis="y")
        plot.legend()
        return _svg(figure, f"Learning curves of {model}: nats per step over {len(history)} epochs")


def draw_scores(rows: Sequence[tuple[str, float, tuple[float, float] | None, bool]]) -> Markup:
    """Draw points with intervals: (name, value, (low, high), is it a baseline) in nats a step."""
    with mpl.rc_context(RC):
        figure = Figure(figsize=(6.8, 0.7 + 0.38 * len(rows)), layout="constrained")
        plot = figure.subplots()
        for place, (_, value, interval, is_baseline) in enumerate(rows):
            colour = SOFT if is_baseline else SERIES[0]
            low, high = interval or (value, value)
            plot.plot([low, high], [place, place], color=colour, linewidth=2, alpha=0.6)
            plot.plot(value, place, "D" if is_baseline else "o", color=colour)
        plot.set_yticks(range(len(rows)), [name for name, *_ in rows])
        plot.set(xlabel="nats per step (lower is better)", ylim=(len(rows) - 0.5, -0.5))
        plot.grid(axis="x")
        values = "; ".join(f"{name} {value:.2f}" for name, value, *_ in rows)
        return _svg(figure, f"Nats per step with 95% intervals: {values}")


def draw_trials(rows: Sequence[tuple[str, str, Sequence[float]]]) -> Markup:
    """Draw a dot for each seed and a line at their mean: (model, name, each seed's nats a step)."""
    colours = dict(zip(dict.fromkeys(model for model, *_ in rows), SERIES, strict=False))
    with mpl.rc_context(RC):
        figure = Figure(figsize=(6.8, 0.7 + 0.3 * len(rows)), layout="constrained")
        plot = figure.subplots()
        for place, (model, _, nats) in enumerate(rows):
            mark = {"color": colours[model], "marker": MARKS[[*colours].index(model)]}
            plot.plot(nats, [place] * len(nats), linestyle="", ms=5, alpha=0.6, **mark)
            mean = np.mean(nats)
            plot.plot([mean, mean], [place - 0.3, place + 0.3], color=colours[model], linewidth=2)
        plot.set_yticks(range(len(rows)), [name for _, name, _ in rows])
        plot.set(xlabel="nats per step (lower is better)", ylim=(len(rows) - 0.5, -0.5))
        plot.grid(axis="x")
        means = "; ".join(f"{name} {np.mean(nats):.2f}" for _, name, nats in rows)
        return _svg(figure, f"Nats per step of each seed; means: {means}")


def draw_distributions(
    title: str, unit: str, bins: Sequence[str], shares: Mapping[str, Sequence[float] | None]
) -> Markup:
    """Draw histograms: bars for the first group, a line for each other group.

    A group whose shares are None is left out and keeps its colour in the other pictures.
    """
    with mpl.rc_context(RC):
        figure = Figure(figsize=(4.4, 2.7), layout="constrained")
        plot = figure.subplots()
        places = np.arange(len(bins))
        for number, (group, values) in enumerate(shares.items()):
            if values is None:
                continue
            if number == 0:  # the training songs
                plot.bar(places, values, color=SOFT, alpha=0.35, label=group, width=0.9)
            else:
                style = {"color": SERIES[(number - 1) % len(SERIES)], "linewidth": 1.4}
                plot.plot(places, values, marker=MARKS[number % 7], ms=4, label=group, **style)
        every = -(-len(bins) // 13)
        turn = {"rotation": 50, "ha": "right"} if max(map(len, bins)) > SLANTED_FROM else {}
        plot.set_xticks(places[::every], list(bins)[::every], **turn)
        plot.set(title=title, xlabel=unit, ylabel="share")
        plot.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        plot.grid(axis="y")
        return _svg(figure, f"{title}: {unit}, of {', '.join(shares)}")


def draw_legend(groups: Sequence[str]) -> Markup:
    """Draw the legend of `draw_distributions`: the groups' names and colours."""
    with mpl.rc_context(RC):
        figure = Figure(figsize=(6.8, 0.25 * -(-len(groups) // IN_A_ROW) + 0.15))
        handles = [Patch(color=SOFT, alpha=0.35)]
        handles += [
            Line2D([], [], color=SERIES[(n - 1) % len(SERIES)], marker=MARKS[n % 7], ms=4)
            for n in range(1, len(groups))
        ]
        figure.legend(handles, groups, loc="center", ncols=IN_A_ROW)
        return _svg(figure, "Legend: " + ", ".join(groups))


def draw_map(means: np.ndarray, genres: Sequence[str], names: Sequence[str]) -> Markup:
    """Draw points of a space of many dimensions, float (n, dimensions), on two axes.

    The axes are the first two principal components (Pearson 1901; by SVD of the centred points).
    """
    centred = means - means.mean(axis=0)
    _, spread, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes * np.where(axes.sum(axis=1, keepdims=True) < 0, -1, 1)  # SVD leaves the sign open
    at = np.zeros((len(means), 2))
    at[:, : min(2, len(axes))] = centred @ axes[:2].T
    explained = spread**2 / max(float((spread**2).sum()), 1e-12)
    with mpl.rc_context(RC):
        figure = Figure(figsize=(6.8, 4.6), layout="constrained")
        plot = figure.subplots()
        plots = []
        for number, genre in enumerate(sorted(set(genres))):
            of_genre = np.array([other == genre for other in genres])
            mark = {"marker": MARKS[number % 7], "color": SERIES[number % len(SERIES)]}
            plots.append(plot.scatter(*at[of_genre].T, s=36, **mark))
        near, named = np.ptp(at, axis=0) * NEAR, []
        for place, name in list(zip(at, names, strict=True))[:MOST_NAMES]:
            beside = any((np.abs(place - other) < near).all() for other in named)
            shift = (5, -9) if beside else (5, 3)  # below a name that is there already
            plot.annotate(name, place, xytext=shift, textcoords="offset points", fontsize=8)
            named.append(place)
        shares = [*(f"{100 * share:.0f}% of the variance" for share in explained[:2]), "", ""]
        plot.set(xlabel=f"first axis, {shares[0]}", ylabel=f"second axis, {shares[1]}")
        plot.margins(0.12)
        plot.legend(plots, sorted(set(genres)))
        return _svg(figure, f"Map of {len(names)} songs in the VAE's space, by genre")


def _svg(figure: Figure, label: str) -> Markup:
    """Convert a figure to an element of the page, the same bytes each time."""
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": label}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # the reader's fonts count, not those here
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r'<g id="[\w.]+_\d+">', "<g>", text)  # the same in every figure
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, variable)
    attributes = f'<svg class="plot" role="img" aria-label="{escape(label)}" '
    return Markup(text.replace("<svg ", attributes, 1))
