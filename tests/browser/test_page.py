"""The page as a person meets it: in a real browser, from disk."""

from itertools import pairwise

import pytest

from browsing import drawn_notes, notes_of, play, wait_until_played
from small_results import SmallResults

EVIL = 'data/songs/rock/<img src=x onerror=alert(1)> "it\'s" 🎸 {x} $y$ \\.mp3'
SONGS = {"ünï-1": EVIL, "b-2": "data/songs/Abba.mp3", "c-3": "data/songs/calm.mp3"}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    results = SmallResults(tmp_path_factory.mktemp("page 'with' odd name"), SONGS, ("one", "two"))
    results.add_experiment("width")
    results.write()
    return results


@pytest.fixture
def page(results, visit):
    return visit(results.page).page


def test_names_are_shown_as_text(page):
    name = EVIL.removeprefix("data/songs/rock/").removesuffix(".mp3")
    assert page.locator("tr", has_text=name).count() == 1
    assert page.locator("img[src=x]").count() == 0


def test_nothing_is_loaded_before_it_is_needed(results, visit):
    seen = visit(results.page)
    seen.page.wait_for_load_state("networkidle")
    assert not [url for url in seen.requests if url.endswith(".mp3")]


def test_every_player_loads_and_plays(page):
    players = page.locator(".card audio").element_handles()
    assert len(players) == 8
    for player in players:
        play(page, player)
        assert player.evaluate("player => player.duration") == pytest.approx(3, abs=0.2)
    playings = page.evaluate(
        "[...document.querySelectorAll('audio')].filter(a => !a.paused).length"
    )
    assert playings == 1


def test_a_started_player_goes_on_where_the_other_was(page):
    first, second = page.locator("#chords-one audio").element_handles()
    first.evaluate("player => { player.currentTime = 1.5; return player.play(); }")
    wait_until_played(page, first, 1.55)
    second.evaluate("player => player.play()")
    wait_until_played(page, second, 1.5)
    assert first.evaluate("player => player.paused")


def test_the_playhead_moves(page):
    head = page.locator("#lstm-two .playhead")
    player = page.locator("#lstm-two audio").first.element_handle()
    assert head.get_attribute("transform") is None
    play(page, player, 0.3)
    page.wait_for_function(
        "parseFloat(document.querySelector('#lstm-two .playhead').getAttribute('transform')"
        ".match(/[\\d.]+/)[0]) > 0.3"
    )


def test_a_click_on_the_roll_moves_there(page):
    roll = page.locator("#chords-two svg.roll")
    roll.scroll_into_view_if_needed()
    box = roll.bounding_box()  # shows -2 s to 4 s
    roll.click(position={"x": box["width"] * (2 + 1) / 6, "y": box["height"] / 2})
    player = page.locator("#chords-two audio").first.element_handle()
    wait_until_played(page, player, 0.8)
    assert player.evaluate("player => player.currentTime") == pytest.approx(1, abs=0.15)


def test_the_rolls_notes_are_those_of_the_midi(results, page):
    for path in results.files["midi"]:
        model, take = path.split("/")[-2], path.split("/")[-1].removesuffix(".mid")
        roll = page.locator(f"#{model}-{take} svg.roll")
        assert drawn_notes(roll) == notes_of(path)
        assert len(notes_of(path)) > 20
        assert roll.locator("path.seed").count() == 1
        assert float(roll.locator(".shaded").get_attribute("width")) == 2


def cells(page, column):
    return page.locator(f"#song-table tbody td:nth-child({column + 1})").all_inner_texts()


def test_the_table_sorts_by_numbers_and_by_words(page):
    headings = page.locator("#song-table thead button")
    assert headings.nth(2).inner_text().startswith("length")
    headings.nth(2).click()
    assert page.locator("th[aria-sort=ascending] button").inner_text().startswith("length")
    rising = cells(page, 2)
    headings.nth(2).click()
    assert rising == cells(page, 2)[::-1]
    assert rising[0] == "1:00"
    headings.nth(0).click()
    assert cells(page, 0)[1:] == ["Abba", "calm"]


def test_songs_share_a_player_that_keeps_the_place(page):
    recording, transcription = page.locator("tr", has_text="Abba").locator("a.listen").all()
    player = page.locator("#deck-player").element_handle()
    assert not page.locator("#deck").is_visible()
    recording.click()
    wait_until_played(page, player)
    assert page.locator("#deck-title").inner_text() == "recording of Abba"
    player.evaluate("player => { player.currentTime = 1.5; }")
    wait_until_played(page, player, 1.5)
    transcription.click()
    page.wait_for_function("document.querySelector('#deck-player').src.includes('transcription')")
    wait_until_played(page, player, 1.5)
    assert transcription.get_attribute("aria-pressed") == "true"
    assert recording.get_attribute("aria-pressed") == "false"


def test_a_quick_change_of_mind_begins_the_last_song_at_its_start(page):
    first, second = page.locator("tr", has_text="Abba").locator("a.listen").all()
    other = page.locator("tr", has_text="calm").locator("a.listen").first
    player = page.locator("#deck-player").element_handle()
    first.click()
    wait_until_played(page, player)
    player.evaluate("player => { player.currentTime = 2; }")
    for link in (second, other):
        link.evaluate("link => link.click()")
    wait_until_played(page, player)
    assert player.evaluate("player => player.currentTime") < 1


def test_all_songs_can_be_heard(page):
    player = page.locator("#deck-player").element_handle()
    for link in page.locator("a.listen").all():
        link.click()
        wait_until_played(page, player)
    assert page.locator("a.listen").count() == 6


def test_it_works_by_keyboard(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the takes"
    page.locator("#song-table thead button").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#song-table th[aria-sort=ascending]").count() == 1
    page.locator("a.listen").first.focus()
    page.keyboard.press(" ")
    wait_until_played(page, page.locator("#deck-player").element_handle())
    page.locator("#chords-one audio").first.focus()
    page.keyboard.press(" ")
    wait_until_played(page, page.locator("#chords-one audio").first.element_handle())


def paper(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_dark_or_light_as_the_system_and_the_button_say(results, visit, scheme):
    page = visit(results.page, color_scheme=scheme).page
    before = paper(page)
    assert (before == "rgb(20, 23, 28)") == (scheme == "dark")
    page.locator("#theme").click()
    assert paper(page) != before
    page.reload()
    assert paper(page) != before  # it is remembered


@pytest.mark.parametrize("width", [360, 800, 1400])
def test_it_fits_every_width(results, visit, width):
    page = visit(results.page, viewport={"width": width, "height": 800}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for player in page.locator(".card audio").all():
        assert player.bounding_box()["width"] > 200


def test_what_is_to_be_seen_is_also_told(page):
    untold = """
        [...document.querySelectorAll('img, svg.roll, svg.plot, audio, button, a, [role=region]')]
        .filter(e => !(e.alt || e.getAttribute('aria-label') || e.textContent.trim()))
        .map(e => e.outerHTML.slice(0, 80))
    """
    assert page.evaluate(untold) == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.evaluate("document.documentElement.lang") == "en"
