import os

import pytest

from mathrock.songs.list_file import folder_of, in_bucket, read_list, write_list
from mathrock.songs.listing import describe_song, find_songs
from mathrock.songs.references import find_references
from mathrock.songs.song import SongsError


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.mid", "surf/wave.mp3", "surf/deep/ü b.WAV", "surf/.hidden.mp3", "cover.jpg"):
        path = tmp_path / "data/songs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path


def listing(place, *lines):
    (place / "data/songs.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return "data/songs.txt"


def test_listed_songs_are_those_of_the_folder(place):
    assert write_list("data/songs").read_text(encoding="utf-8").splitlines() == [
        "data/songs/a.mid",
        "data/songs/surf/deep/ü b.WAV",
        "data/songs/surf/wave.mp3",
    ]
    assert read_list("data/songs.txt") == find_songs("data/songs")


def test_a_song_is_listed_whether_it_is_there_or_not(place):
    (song,) = read_list(listing(place, "# of 1998", "", "./data/songs/surf/gone.mp3"))
    assert (song.path, song.genre, song.problem) == ("data/songs/surf/gone.mp3", "surf", "")


def test_the_songs_of_a_list_lie_in_the_folder_of_its_name():
    assert str(folder_of("my/list.txt")) == "my/list"
    assert str(folder_of("my/songs")) == "my/songs"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["data/songs/a.mid", "data/songs/a.mid"], "line 2: data/songs/a.mid stands there twice"),
        (["data/other/a.mid"], "line 1: data/other/a.mid does not lie below data/songs/"),
        (["data/songs/../a.mid"], "does not lie below data/songs/"),
        (["data/songs/cover.jpg"], "line 1: data/songs/cover.jpg is in no format that can be read"),
    ],
)
def test_a_wrong_line_is_named(place, lines, message):
    with pytest.raises(SongsError) as error:
        read_list(listing(place, *lines))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_list_that_is_missing_or_no_text(place):
    with pytest.raises(SongsError, match=r"there is no list data/songs\.txt: `make list` writes"):
        read_list("data/songs.txt")
    (place / "data/songs.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(SongsError, match="can't be read as UTF-8"):
        read_list("data/songs.txt")


def test_an_empty_folder_gives_no_list(place):
    (place / "data/none").mkdir()
    with pytest.raises(SongsError, match="no songs in data/none/"):
        write_list("data/none")


def test_a_file_of_another_kind_is_no_list(place):
    (place / "songs.csv").write_text("a")
    with pytest.raises(SongsError, match=r"songs\.csv is no folder; a list of songs ends in \.txt"):
        find_songs("songs.csv")


def test_references_can_be_listed(place):
    (place / "refs.txt").write_text("refs/a.abc\n")
    assert [song.format for song in find_references("refs.txt")] == ["abc"]
    with pytest.raises(SongsError, match=r"report\.references: there is no list more\.txt"):
        find_references("more.txt")


@pytest.mark.parametrize(("name", "mark"), [("a#1.mp3", "#"), ("{a}.mp3", "{ and }")])
def test_a_name_that_a_bucket_cannot_be_asked_for_is_a_problem(place, name, mark):
    song = describe_song(place / name, place)
    assert in_bucket(song).problem.startswith(f"has {mark} in its path")
    plain = describe_song(place / "it's (1) & ü.mp3", place)
    assert in_bucket(plain) == plain


def test_two_spellings_of_a_name_are_a_song_with_a_problem(place):
    songs = read_list(listing(place, "data/songs/a\u0308.mid", "data/songs/\u00e4.mid"))
    assert sorted(bool(song.problem) for song in songs) == [False, True]


def test_a_pipe_is_no_list(tmp_path):
    os.mkfifo(tmp_path / "songs.txt")
    with pytest.raises(SongsError, match="is a folder, a pipe or a device, not a file"):
        read_list(tmp_path / "songs.txt")
