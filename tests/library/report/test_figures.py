import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from mathrock.report import figures

HISTORY = [{"epoch": n, "train": 9 / n, "valid": 10 / n} for n in (1, 2, 3)]
POINTS = np.random.default_rng(1).normal(size=(5, 8))
NAMES = ["a", "$b^2$", "<script>", "d_e", "🎸"]


def all_figures():
    yield figures.draw_curve("chords", HISTORY)
    yield figures.draw_scores([("chords", 3.9, (3.5, 4.2), False), ("floor", 5.0, None, True)])
    yield figures.draw_trials([("lstm", "lstm, small", [4.0, 4.1]), ("vae", "vae, a", [5.0])])
    yield figures.draw_distributions("Pitch", "pitch", "CDE", {"train": [0.2, 0.3, 0.5]})
    yield figures.draw_legend(["train", "chords"])
    yield figures.draw_map(POINTS, ["rock", "surf", "rock", "surf", "rock"], NAMES)


@pytest.mark.parametrize(
    "svg", list(all_figures()), ids=["curve", "scores", "trials", "bars", "legend", "map"]
)
def test_figures_belong_on_the_page(svg):
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert "<style" not in svg  # it would reach beyond the figure
    assert "<script" not in svg
    assert not re.search(r'(href|src)="(?!#)', svg)
    assert "var(--" in svg
    assert not re.search("#0[0-9]0[0-9a-b]0[0-9]", svg)  # no stand-in is left


def test_figures_are_the_same_each_time():
    assert list(all_figures()) == list(all_figures())


def test_names_are_text_on_the_map():
    svg = figures.draw_map(POINTS, ["rock"] * 5, NAMES)
    texts = {element.text for element in ElementTree.fromstring(svg).iter() if element.text}
    assert texts >= set(NAMES)


def test_the_map_shows_what_differs_most():
    points = np.zeros((3, 4))
    points[:, 2] = [0, 1, 3]
    svg = figures.draw_map(points, ["rock"] * 3, list("abc"))
    assert "first axis, 100% of the variance" in svg


@pytest.mark.parametrize("songs", [1, 2])
def test_a_map_of_few_songs(songs):
    assert "<svg" in figures.draw_map(POINTS[:songs], ["rock"] * songs, NAMES[:songs])


def test_a_curve_without_validation():
    history = [row | {"valid": float("nan")} for row in HISTORY]
    assert "<svg" in figures.draw_curve("lstm", history)


def test_a_group_without_shares_leaves_the_others_their_colours():
    whole = figures.draw_distributions("T", "u", "ab", {"a": [1, 0], "b": [0.5, 0.5]})
    without = figures.draw_distributions("T", "u", "ab", {"a": None, "b": [0.5, 0.5]})
    assert "var(--series-1)" in whole
    assert "var(--series-1)" in without
