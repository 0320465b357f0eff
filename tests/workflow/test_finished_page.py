"""The page that a run leaves, in a browser, and Snakemake's own report."""

import zipfile

import pytest

from browsing import drawn_notes, notes_of, play, wait_until_played
from project import Project

TRACKS = ("chords/one", "lstm/one", "lstm/two-1", "lstm/two-2", "vae/way")


@pytest.fixture
def page(built, visit):
    return visit(Project(built).path("results/report/index.html")).page


def test_every_track_plays_plain_and_finished(page):
    players = page.locator(".card audio").element_handles()
    assert len(players) == 2 * len(TRACKS)
    for player in players:
        play(page, player)


def test_every_song_plays_as_recorded_and_as_transcribed(page):
    links = page.locator("a.listen").all()
    assert len(links) == 2 + 4  # two are MIDI files
    for link in links:
        link.click()
        wait_until_played(page, page.locator("#deck-player").element_handle())


def test_every_roll_has_the_notes_of_its_midi(page, built):
    for track in TRACKS:
        notes = notes_of(Project(built).path(f"results/generated/{track}.mid"))
        assert drawn_notes(page.locator(f"#{track.replace('/', '-')} svg.roll")) == notes


def test_every_section_has_something_to_say(page):
    assert page.locator("#models tbody tr").count() == 3
    assert page.locator("#song-table tbody tr").count() == 4
    assert page.locator("#song-table", has_text="Paper & {planets}").count() == 1
    assert page.locator("#closeness svg.plot").count() > 5
    assert page.locator("#copies .copy").count() >= len(TRACKS)
    assert page.locator("#making", has_text="train_vae").count() == 1
    assert page.locator("a", has_text="way").count() == 1  # an interpolation to hear
    assert page.get_by_text("What is missing").count() == 0
    shown = page.locator("img[loading=lazy]").first
    shown.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('img[loading=lazy]').naturalWidth > 0")


def test_one_model_alone_has_a_page(project):
    project.configure(takes={"one": {"model": "lstm"}})
    assert project.stale() == {
        "choose_snippets": 1,
        "compare_takes": 1,
        "find_copies": 1,
        "list_takes": 1,
        "write_report": 1,
    }
    project.run("results/report/index.html")
    page = project.path("results/report/index.html").read_text(encoding="utf-8")
    assert "No take names chords and vae, so they were not trained." in page


def test_snakemakes_own_report_has_captions(project):
    project.run("--report", "report.zip")
    with zipfile.ZipFile(project.path("report.zip")) as file:
        names = file.namelist()
        report = file.read("report/report.html").decode()
    assert sum(name.endswith(".mp3") for name in names) == len(TRACKS)
    for words in (
        "results/report/index.html",
        "dBTP",
        "95% intervals",
        "of held-out songs, to the training songs",
    ):
        assert words in report
