"""Compare takes, held-out songs and references with the training songs.

Held-out songs are the baseline: they are real songs, and no model was trained on them.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mathrock.dataset.sequences import Sequences
from mathrock.evaluation.closeness import (
    NotComparable,
    closeness,
    distances_between,
    distances_within,
)
from mathrock.evaluation.histograms import FEATURES, distributions_of
from mathrock.evaluation.piece_metrics import METRICS, metrics_of
from mathrock.evaluation.pieces import Source, cut, reference_in, songs_in, tracks_in

PIECE_SECONDS = 10.0
MOST_PIECES = 300  # of a group; of more takes than these, one piece each
DIGITS = 4
TRAIN, HELD_OUT, REFERENCES = "train", "held_out", "references"


class _Measured(NamedTuple):
    """A piece's source and song, its distributions and its metrics."""

    source: str
    song: str
    distributions: dict[str, np.ndarray | None]
    metrics: dict[str, float]


def compare(
    sequences: Sequences,
    made: Iterable[str | Path],
    references: Iterable[str | Path] = (),
    seconds: float = PIECE_SECONDS,
    most: int = MOST_PIECES,
) -> dict:
    """Compute everything that results/closeness.json holds, as plain values.

    Args:
        made: the .json of each take, in a folder named after its model, its .npy beside it.
        references: the status of each reference, its .npy beside it.
        seconds: how long the pieces are that everything is cut into.
        most: pieces of a group, evenly chosen.

    Returns:
        {"piece_seconds", "features": {name: {"label", "unit", "bins"}}, "scores": {name: {"label",
        "unit"}}, "groups", "closeness", "unknown", "tracks", "references"}, where None is what
        is undefined.

        `groups`: of "train", "held_out", each model, and "references" if there are any {"pieces",
        "sources", "distributions": {feature: shares, the mean over its pieces}, "variety":
        {feature: mean distance between pieces of its different sources}, "scores": {score:
        {"mean", "low", "high"}}}, of which low and high are the quartiles of its pieces.
        `closeness`: of all but "train" {feature: {"overlap", "kl"}}; where that is None, `unknown`
        says why, {group: {feature: reason}}. `tracks`: {"model/track": {score: the mean over its
        pieces}}; `references` likewise by id.
    """
    sources = {
        TRAIN: songs_in(sequences, ["train"], most),
        HELD_OUT: songs_in(sequences, ["valid", "test"], most),
    }
    for take in made:
        sources.setdefault(Path(take).parent.name, []).extend(tracks_in(take))
    if usable := [source for status in references if (source := reference_in(status))]:
        sources[REFERENCES] = usable
    groups = {name: _measure(group, seconds, most) for name, group in sources.items()}
    models = [name for name in groups if name not in {TRAIN, HELD_OUT, REFERENCES}]
    close, unknown = _closeness(groups)
    return {
        "piece_seconds": seconds,
        "features": {name: feature._asdict() for name, feature in FEATURES.items()},
        "scores": {name: metric._asdict() for name, metric in METRICS.items()},
        "groups": {name: _summary(group) for name, group in groups.items()},
        "closeness": close,
        "unknown": unknown,
        "tracks": {
            f"{model}/{track}": its_metrics
            for model in models
            for track, its_metrics in _metrics_by_source(sources[model], groups[model]).items()
        },
        REFERENCES: _metrics_by_source(usable, groups.get(REFERENCES, [])),
    }


def _measure(sources: list[Source], seconds: float, most: int) -> list[_Measured]:
    """Cut sources into pieces, at most `most` if there are no more sources, and measure each."""
    each = max(1, most // max(1, len(sources)))
    return [
        _Measured(source.name, piece.song, distributions_of(piece), metrics_of(piece))
        for source in sources
        for piece in cut(source, seconds, each)
    ]


def _summary(pieces: list[_Measured]) -> dict:
    """Summarize a group of pieces, see `compare`."""
    shares = {name: _distributions(pieces, name)[0] for name in FEATURES}
    by_source = [piece._replace(song=piece.source) for piece in pieces]
    return {
        "pieces": len(pieces),
        "sources": len({piece.source for piece in pieces}),
        "distributions": {
            name: np.mean(those, axis=0).round(DIGITS).tolist() if those else None
            for name, those in shares.items()
        },
        "variety": {
            name: _mean(distances_within(*_distributions(by_source, name))) for name in FEATURES
        },
        "scores": {name: _quartiles(_known_values(pieces, name)) for name in METRICS},
    }


def _distributions(pieces: list[_Measured], feature: str) -> tuple[list[np.ndarray], list[str]]:
    """Collect a feature's distributions and songs from the pieces for which it is defined."""
    defined = [piece for piece in pieces if piece.distributions[feature] is not None]
    return [piece.distributions[feature] for piece in defined], [piece.song for piece in defined]


def _known_values(pieces: list[_Measured], metric: str) -> np.ndarray:
    """Collect a metric from the pieces for which it is defined, float64 (n,)."""
    values = np.array([piece.metrics[metric] for piece in pieces], np.float64)
    return values[~np.isnan(values)]


def _mean(values: np.ndarray) -> float | None:
    return round(float(values.mean()), DIGITS) if values.size else None


def _quartiles(values: np.ndarray) -> dict[str, float] | None:
    """Compute the mean and the quartiles of values; None without any."""
    if not values.size:
        return None
    low, high = np.quantile(values, [0.25, 0.75]).round(DIGITS).tolist()
    return {"mean": _mean(values), "low": low, "high": high}


def _metrics_by_source(sources: list[Source], pieces: list[_Measured]) -> dict[str, dict]:
    """Average each source's metrics over its pieces."""
    by_source = {source.name: [] for source in sources}
    for piece in pieces:
        by_source[piece.source].append(piece)
    return {
        source: {name: _mean(_known_values(its, name)) for name in METRICS}
        for source, its in by_source.items()
    }


def _closeness(groups: dict[str, list[_Measured]]) -> tuple[dict, dict]:
    """Compute each group's closeness, and the reasons where it is undefined, by feature."""
    others = [name for name in groups if name != TRAIN]
    known, unknown = {name: {} for name in others}, {name: {} for name in others}
    for feature in FEATURES:
        train = _distributions(groups[TRAIN], feature)
        within = distances_within(*train)
        for name in others:
            try:
                between = distances_between(*_distributions(groups[name], feature), *train)
                found = closeness(within, between)
            except NotComparable as reason:
                known[name][feature], unknown[name][feature] = None, str(reason)
            else:
                rounded = {key: round(value, DIGITS) for key, value in found._asdict().items()}
                known[name][feature] = rounded
    return known, unknown
