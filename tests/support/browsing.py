"""The page in a headless Chromium: Debian's package, or whatever Chrome is installed."""

import os
import re
import shutil

import pytest

from mathrock.formats.midi.reader import read_score

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
STROKES = re.compile(r"M(-?[\d.]+) (-?[\d.]+)h([\d.]+)")
REQUIRED = "BROWSER_TESTS"  # where this variable is "required", no browser is a failure


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests of a worker."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        told = "no Chromium or Chrome is installed: the page was not tried in a browser"
        if os.environ.get(REQUIRED) == "required":
            pytest.fail(told)
        pytest.skip(told)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--autoplay-policy=no-user-gesture-required", "--mute-audio"]
        if os.geteuid() == 0:  # Chromium refuses to be root in its sandbox
            arguments.append("--no-sandbox")
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


class Visit:
    """A page that is open, what it asked for and what it complained of."""

    def __init__(self, browser, path, **context):
        self.page = browser.new_page(**context)
        self.requests, self.complaints = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.folder = path.parent.as_uri()
        self.page.goto(path.as_uri())

    def _hear(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@pytest.fixture
def visit(chromium):
    """Open a page; it is checked at the end for errors and for requests that leave its folder."""
    visits = []

    def go(path, **context):
        visits.append(Visit(chromium, path, **context))
        return visits[-1]

    yield go
    for one in visits:
        one.page.close()
        assert one.complaints == []
        strays = [url for url in one.requests if not url.startswith((one.folder + "/", "data:"))]
        assert strays == []


def play(page, player, more_than=0.05):
    """Start a player, without its button, and wait until its time has passed a point."""
    player.evaluate("player => player.play()")
    wait_until_played(page, player, more_than)


def wait_until_played(page, player, more_than=0.05):
    page.wait_for_function(
        "([player, seconds]) => player.currentTime > seconds", arg=[player, more_than]
    )


def drawn_notes(roll):
    """(pitch, onset, offset) of the notes in a roll, its snippet's left out, by pitch."""
    top = int(roll.get_attribute("data-top"))
    return sorted(
        (round(top - float(y) + 0.5), float(x), float(x) + float(length))
        for voice in ("guitar", "bass", "other")
        for path in roll.locator(f"path.{voice}").all()
        for x, y, length in STROKES.findall(path.get_attribute("d"))
    )


def notes_of(midi):
    """The same of a MIDI file, to compare with: within a millisecond."""
    notes = sorted((n.pitch, n.onset, n.offset) for n in read_score(midi).pitched_notes)
    return [pytest.approx(note, abs=1e-3) for note in notes]
