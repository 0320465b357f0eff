from pathlib import Path

import pytest
from markupsafe import Markup

from mathrock.report.short_paths import shorten

HOME = {"songs": "/home/ann/records", "chains": {"room": [{"file": "/mnt/sounds/hall.wav"}]}}


@pytest.fixture(autouse=True)
def at_home(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ann")


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("/home/ann/records", "records"),
        ("/home/ann/records/surf/wave.mp3", "records/surf/wave.mp3"),
        ("'/mnt/sounds/hall.wav': is damaged", "'hall.wav': is damaged"),
        ("no file /mnt/sounds/hall.wav.", "no file hall.wav."),
        ("/home/ann/notes/a.txt, /home/ann", "notes/a.txt, ~"),
        ("/home/annabel/x and /home/ann/x", "/home/annabel/x and x"),
        ("/mnt/sounds, /mnt/sounds2", "sounds, /mnt/sounds2"),
        ("results/mnt/x and a/b", "results/mnt/x and a/b"),
        ("data/songs/surf/wave.mp3", "data/songs/surf/wave.mp3"),
    ],
)
def test_folders_above_files_are_taken_out_of_texts(text, short):
    assert shorten(f"see {text}", HOME) == f"see {short}"


def test_a_list_of_songs_lies_beside_their_folder():
    text = "/srv/ann/records/a.mp3, of /srv/ann/records.txt"
    assert shorten(f"See {text}", {"songs": "/srv/ann/records.txt"}) == "See " + text.replace(
        "/srv/ann/", ""
    )


@pytest.mark.parametrize("songs", ["/records", "/records.txt"])
def test_songs_at_the_root_lie_in_their_folder(songs):
    assert shorten("See /records/a.mp3, a/records", {"songs": songs}) == (
        "See records/a.mp3, a/records"
    )


def test_songs_in_the_home_folder_itself_are_named_with_a_tilde():
    assert shorten("/home/ann/a.mp3", {"songs": "/home/ann"}) == "~/a.mp3"


def test_files_that_no_setting_names_keep_their_folder():
    values = [{"path": "/srv/old/surf/wave.mp3", "reason": "/srv/old/surf/wave.mp3 is empty"}]
    assert shorten(values, {}) == [{"path": "surf/wave.mp3", "reason": "surf/wave.mp3 is empty"}]


@pytest.mark.parametrize("odd", ["/", "/x", "//", "/svg"])
def test_tags_of_pictures_stay(odd):
    picture = Markup("<svg><a/></svg>")
    assert shorten([odd, picture], {"songs": odd})[1] == picture


def test_the_working_folder_is_not_named():
    name = Path.cwd().name
    assert shorten(f"at {Path.cwd()}/results/a", {}) == f"at {name}/results/a"


def test_all_texts_of_a_value_are_shortened_and_nothing_else():
    value = {"/home/ann/records": ["/home/ann/records/a", 1, None, ("x", Markup("<b>a/b</b>"))]}
    short = shorten(value, HOME)
    assert short == {"records": ["records/a", 1, None, ("x", Markup("<b>a/b</b>"))]}
    assert isinstance(short["records"][3][1], Markup)
